import { useComputed, useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"

/** Rows that are there above and below what is seen, so that a fast hand meets no gap. */
const spare = 8

/**
 * Rows of one height, of which only those in sight are there. The arrow keys, Page Up and Down, Home and End move from
 * row to row; a print has all of them.
 */
export const VirtualRows = ({
  children,
  count,
  height,
  label
}: {
  readonly count: number
  /** The height of a row, in pixels. */
  readonly height: number
  readonly label: string
  readonly children: (index: number, isActive: boolean) => ComponentChildren
}) => {
  const frame = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const seen = useSignal(800)
  const isPrint = useSignal(false)
  const active = useSignal(0)
  const movesFocus = useRef(false)
  // Scrolling within a row renders nothing.
  const first = useComputed(() => Math.max(0, Math.floor(top.value / height) - spare))

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      seen.value = element.clientHeight
    })
    observer.observe(element)
    const print = matchMedia("print")
    const onPrint = () => {
      isPrint.value = print.matches
    }
    const before = () => {
      isPrint.value = true
    }
    const after = () => {
      isPrint.value = false
    }
    print.addEventListener("change", onPrint)
    addEventListener("beforeprint", before)
    addEventListener("afterprint", after)
    return () => {
      observer.disconnect()
      print.removeEventListener("change", onPrint)
      removeEventListener("beforeprint", before)
      removeEventListener("afterprint", after)
    }
  }, [])

  const focused = Math.min(active.value, Math.max(0, count - 1))
  useLayoutEffect(() => {
    if (!movesFocus.current) return
    movesFocus.current = false
    frame.current?.querySelector<HTMLElement>(`[data-row="${focused}"] a`)?.focus({ preventScroll: true })
  })

  const move = (to: number): void => {
    const element = frame.current
    const index = Math.max(0, Math.min(count - 1, to))
    active.value = index
    movesFocus.current = true
    if (element === null) return
    const at = index * height
    if (at < element.scrollTop) element.scrollTop = at
    else if (at + height > element.scrollTop + element.clientHeight) {
      element.scrollTop = at + height - element.clientHeight
    }
    top.value = element.scrollTop
  }

  const page = Math.max(1, Math.floor(seen.value / height) - 1)
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: focused + 1,
    ArrowUp: focused - 1,
    PageDown: focused + page,
    PageUp: focused - page,
    Home: 0,
    End: count - 1
  }
  const last = Math.min(count, first.value + Math.ceil(seen.value / height) + 2 * spare)
  const [from, until] = isPrint.value ? [0, count] : [Math.min(first.value, Math.max(0, count - 1)), last]
  const indices = Array.from({ length: Math.max(0, until - from) }, (_, offset) => from + offset)
  // The row that has the focus stays, however far it is scrolled out of sight.
  if (count > 0 && (focused < from || focused >= until)) indices.push(focused)
  return (
    <div
      ref={frame}
      class={isPrint.value ? "rows all" : "rows"}
      role="rowgroup"
      aria-label={label}
      onScroll={({ currentTarget }) => {
        top.value = currentTarget.scrollTop
      }}
      onFocusIn={({ target }) => {
        const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null
        if (row !== null) active.value = Number(row.dataset["row"])
      }}
      onKeyDown={(event) => {
        const to = event.altKey || event.ctrlKey || event.metaKey ? undefined : steps[event.key]
        if (to === undefined) return
        event.preventDefault()
        move(to)
      }}
    >
      <div class="all-rows" role="presentation" style={{ height: `${count * height}px` }}>
        {indices.map((index) => children(index, index === focused))}
      </div>
    </div>
  )
}
