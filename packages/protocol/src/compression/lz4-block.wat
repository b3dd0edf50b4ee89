;; One block of LZ4, both ways: the sequences that lz4-block.ts describes.
;;
;; Memory: the table of the compressor, 8192 places of 16 bits, at 0; above it whatever the caller puts there. Up to 16 bytes are read behind the end of the source, and written behind the end of
;; the target; nothing else outside of the two is touched.
;;
;; Assembled into lz4-block-wasm.ts by `npm run wasm:assemble`. No function is called for each sequence: Node 22 does not inline them, which costs two fifths.
(module
  (memory (export "memory") 4 4)

  ;; What is left of a length after the 15 in its token: bytes of 255, and a smaller one. Answers where the next byte goes.
  (func $writeLength (param $to i32) (param $rest i32) (result i32)
    (block $isSmall
      (loop $next
        (br_if $isSmall (i32.lt_u (local.get $rest) (i32.const 255)))
        (i32.store8 (local.get $to) (i32.const 255))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $rest (i32.sub (local.get $rest) (i32.const 255)))
        (br $next)))
    (i32.store8 (local.get $to) (local.get $rest))
    (i32.add (local.get $to) (i32.const 1)))

  ;; Compresses `length` bytes, 65,536 at most, and answers how many are written to `target`: at most length + length / 255 + 16.
  ;;
  ;; A greedy search with one candidate a place, as the fast level of liblz4 has it: the five bytes at a place are hashed, the table says where a place with that hash was
  ;; last seen, and if the four bytes there are the same, the match is made as long as it gets. Where nothing matches for long, the steps grow.
  (func (export "compress") (param $source i32) (param $length i32) (param $target i32) (result i32)
    (local $end i32)        ;; of the source
    (local $searchEnd i32)  ;; the last place where a match may begin: 12 bytes before the end, says the format
    (local $matchEnd i32)   ;; where a match ends at the latest: the last 5 bytes are literals
    (local $anchor i32)     ;; the first byte that is not written yet
    (local $at i32)         ;; the place that is looked at; then the first byte of the match
    (local $match i32)      ;; the candidate
    (local $matched i32)    ;; the end of the match, as far as it is known
    (local $distance i32)
    (local $tries i32)
    (local $entry i32)
    (local $to i32)
    (local $token i32)
    (local $count i32)
    (local $copied i32)
    (local $difference i64)

    (local.set $to (local.get $target))
    (local.set $anchor (local.get $source))
    (local.set $end (i32.add (local.get $source) (local.get $length)))
    (block $isSearched
      ;; The shortest block with a match has 13 bytes.
      (br_if $isSearched (i32.lt_u (local.get $length) (i32.const 13)))
      (local.set $searchEnd (i32.sub (local.get $end) (i32.const 12)))
      (local.set $matchEnd (i32.sub (local.get $end) (i32.const 5)))
      ;; An empty place of the table is the first byte: whatever is there is compared, so that needs no mark.
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 16384))
      (local.set $at (i32.add (local.get $source) (i32.const 1)))

      (loop $sequence
        (local.set $tries (i32.const 64))
        (block $isFound
          (loop $search
            (br_if $isSearched (i32.gt_u (local.get $at) (local.get $searchEnd)))
            (local.set $entry
              (i32.shl
                (i32.wrap_i64 (i64.shr_u
                  (i64.mul (i64.shl (i64.load align=1 (local.get $at)) (i64.const 24)) (i64.const 889523592379))
                  (i64.const 51)))
                (i32.const 1)))
            (local.set $match (i32.add (local.get $source) (i32.load16_u (local.get $entry))))
            (i32.store16 (local.get $entry) (i32.sub (local.get $at) (local.get $source)))
            (br_if $isFound (i32.eq (i32.load align=1 (local.get $match)) (i32.load align=1 (local.get $at))))
            ;; After each 64 places without a match the step is one longer.
            (local.set $at (i32.add (local.get $at) (i32.shr_u (local.get $tries) (i32.const 6))))
            (local.set $tries (i32.add (local.get $tries) (i32.const 1)))
            (br $search)))
        (local.set $distance (i32.sub (local.get $at) (local.get $match)))
        (local.set $matched (i32.add (local.get $at) (i32.const 4)))

        ;; Longer to the front.
        (block $isFirst
          (loop $back
            (br_if $isFirst (i32.le_u (local.get $at) (local.get $anchor)))
            (br_if $isFirst (i32.le_u (local.get $match) (local.get $source)))
            (local.set $match (i32.sub (local.get $match) (i32.const 1)))
            (br_if $isFirst
              (i32.ne (i32.load8_u (local.get $match)) (i32.load8_u (i32.sub (local.get $at) (i32.const 1)))))
            (local.set $at (i32.sub (local.get $at) (i32.const 1)))
            (br $back)))

        ;; Longer to the back, by eight bytes while there are eight.
        (block $isLast
          (loop $eight
            (if (i32.le_u (local.get $matched) (i32.sub (local.get $matchEnd) (i32.const 8)))
              (then
                (local.set $difference
                  (i64.xor
                    (i64.load align=1 (local.get $matched))
                    (i64.load align=1 (i32.sub (local.get $matched) (local.get $distance)))))
                (if (i64.eqz (local.get $difference))
                  (then
                    (local.set $matched (i32.add (local.get $matched) (i32.const 8)))
                    (br $eight)))
                (local.set $matched
                  (i32.add
                    (local.get $matched)
                    (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $difference)) (i64.const 3)))))
                (br $isLast))))
          (loop $one
            (br_if $isLast (i32.ge_u (local.get $matched) (local.get $matchEnd)))
            (br_if $isLast
              (i32.ne
                (i32.load8_u (local.get $matched))
                (i32.load8_u (i32.sub (local.get $matched) (local.get $distance)))))
            (local.set $matched (i32.add (local.get $matched) (i32.const 1)))
            (br $one)))

        ;; The literals before it: most are few, so that sixteen bytes at a time beat a call.
        (local.set $count (i32.sub (local.get $at) (local.get $anchor)))
        (local.set $token (local.get $to))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (if (i32.lt_u (local.get $count) (i32.const 15))
          (then (i32.store8 (local.get $token) (i32.shl (local.get $count) (i32.const 4))))
          (else
            (i32.store8 (local.get $token) (i32.const 0xf0))
            (local.set $to (call $writeLength (local.get $to) (i32.sub (local.get $count) (i32.const 15))))))
        (local.set $copied (local.get $to))
        (local.set $to (i32.add (local.get $to) (local.get $count)))
        (loop $sixteen
          (i64.store align=1 (local.get $copied) (i64.load align=1 (local.get $anchor)))
          (i64.store offset=8 align=1 (local.get $copied) (i64.load offset=8 align=1 (local.get $anchor)))
          (local.set $anchor (i32.add (local.get $anchor) (i32.const 16)))
          (local.set $copied (i32.add (local.get $copied) (i32.const 16)))
          (br_if $sixteen (i32.lt_u (local.get $copied) (local.get $to))))

        (i32.store16 align=1 (local.get $to) (local.get $distance))
        (local.set $to (i32.add (local.get $to) (i32.const 2)))
        (local.set $count (i32.sub (i32.sub (local.get $matched) (local.get $at)) (i32.const 4)))
        (if (i32.lt_u (local.get $count) (i32.const 15))
          (then
            (i32.store8 (local.get $token) (i32.or (i32.load8_u (local.get $token)) (local.get $count))))
          (else
            (i32.store8 (local.get $token) (i32.or (i32.load8_u (local.get $token)) (i32.const 15)))
            (local.set $to (call $writeLength (local.get $to) (i32.sub (local.get $count) (i32.const 15))))))

        (local.set $at (local.get $matched))
        (local.set $anchor (local.get $matched))
        ;; One place inside of the match is noted, too: what follows it this time follows it the next time.
        (i32.store16
          (i32.shl
            (i32.wrap_i64 (i64.shr_u
              (i64.mul
                (i64.shl (i64.load align=1 (i32.sub (local.get $at) (i32.const 2))) (i64.const 24))
                (i64.const 889523592379))
              (i64.const 51)))
            (i32.const 1))
          (i32.sub (i32.sub (local.get $at) (i32.const 2)) (local.get $source)))
        (br $sequence)))

    ;; The last sequence has only literals.
    (local.set $count (i32.sub (local.get $end) (local.get $anchor)))
    (local.set $token (local.get $to))
    (local.set $to (i32.add (local.get $to) (i32.const 1)))
    (if (i32.lt_u (local.get $count) (i32.const 15))
      (then (i32.store8 (local.get $token) (i32.shl (local.get $count) (i32.const 4))))
      (else
        (i32.store8 (local.get $token) (i32.const 0xf0))
        (local.set $to (call $writeLength (local.get $to) (i32.sub (local.get $count) (i32.const 15))))))
    (memory.copy (local.get $to) (local.get $anchor) (local.get $count))
    (i32.sub (i32.add (local.get $to) (local.get $count)) (local.get $target)))

  ;; Decodes the block of `length` bytes into `target`, where `room` bytes may be written. Answers how many are; -1 for a block that is damaged, or needs more room.
  (func (export "decompress") (param $source i32) (param $length i32) (param $target i32) (param $room i32) (result i32)
    (local $at i32)
    (local $end i32)
    (local $to i32)
    (local $toEnd i32)
    (local $token i32)
    (local $count i32)
    (local $byte i32)
    (local $from i32)
    (local $stop i32)
    (local $distance i32)

    (local.set $at (local.get $source))
    (local.set $end (i32.add (local.get $source) (local.get $length)))
    (local.set $to (local.get $target))
    (local.set $toEnd (i32.add (local.get $target) (local.get $room)))
    (block $isDamaged
      (loop $sequence
        (br_if $isDamaged (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $token (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))

        (local.set $count (i32.shr_u (local.get $token) (i32.const 4)))
        (if (i32.eq (local.get $count) (i32.const 15))
          (then
            (loop $more
              (br_if $isDamaged (i32.ge_u (local.get $at) (local.get $end)))
              (local.set $byte (i32.load8_u (local.get $at)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (local.set $count (i32.add (local.get $count) (local.get $byte)))
              (br_if $more (i32.eq (local.get $byte) (i32.const 255))))))
        (br_if $isDamaged (i32.gt_u (local.get $count) (i32.sub (local.get $end) (local.get $at))))
        (br_if $isDamaged (i32.gt_u (local.get $count) (i32.sub (local.get $toEnd) (local.get $to))))
        (local.set $stop (i32.add (local.get $to) (local.get $count)))
        (local.set $from (local.get $at))
        (local.set $at (i32.add (local.get $at) (local.get $count)))
        (loop $literals
          (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
          (i64.store offset=8 align=1 (local.get $to) (i64.load offset=8 align=1 (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (br_if $literals (i32.lt_u (local.get $to) (local.get $stop))))
        (local.set $to (local.get $stop))
        (if (i32.eq (local.get $at) (local.get $end))
          (then (return (i32.sub (local.get $to) (local.get $target)))))

        (br_if $isDamaged (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 2)))
        (local.set $distance (i32.load16_u align=1 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br_if $isDamaged (i32.eqz (local.get $distance)))
        (br_if $isDamaged (i32.gt_u (local.get $distance) (i32.sub (local.get $to) (local.get $target))))
        (local.set $count (i32.and (local.get $token) (i32.const 15)))
        (if (i32.eq (local.get $count) (i32.const 15))
          (then
            (loop $more
              (br_if $isDamaged (i32.ge_u (local.get $at) (local.get $end)))
              (local.set $byte (i32.load8_u (local.get $at)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (local.set $count (i32.add (local.get $count) (local.get $byte)))
              (br_if $more (i32.eq (local.get $byte) (i32.const 255))))))
        (local.set $count (i32.add (local.get $count) (i32.const 4)))
        (br_if $isDamaged (i32.gt_u (local.get $count) (i32.sub (local.get $toEnd) (local.get $to))))
        (local.set $stop (i32.add (local.get $to) (local.get $count)))
        (local.set $from (i32.sub (local.get $to) (local.get $distance)))
        ;; No step is longer than the distance: what it reads is written by then.
        (block $isCopied
          (if (i32.ge_u (local.get $distance) (i32.const 16))
            (then
              (loop $sixteen
                (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
                (i64.store offset=8 align=1 (local.get $to) (i64.load offset=8 align=1 (local.get $from)))
                (local.set $from (i32.add (local.get $from) (i32.const 16)))
                (local.set $to (i32.add (local.get $to) (i32.const 16)))
                (br_if $sixteen (i32.lt_u (local.get $to) (local.get $stop))))
              (br $isCopied)))
          (if (i32.ge_u (local.get $distance) (i32.const 8))
            (then
              (loop $eight
                (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
                (local.set $from (i32.add (local.get $from) (i32.const 8)))
                (local.set $to (i32.add (local.get $to) (i32.const 8)))
                (br_if $eight (i32.lt_u (local.get $to) (local.get $stop))))
              (br $isCopied)))
          (if (i32.eq (local.get $distance) (i32.const 1))
            (then
              (memory.fill (local.get $to) (i32.load8_u (local.get $from)) (local.get $count))
              (br $isCopied)))
          (loop $one
            (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (br_if $one (i32.lt_u (local.get $to) (local.get $stop)))))
        (local.set $to (local.get $stop))
        (br $sequence)))
    (i32.const -1)))
