; A small game for the NES: a ball bounces, a square follows the arrows, buttons have colours
; and A has a tone. Debian's cc65 builds it:
;     ca65 -o game.o game.s && ld65 -C game.cfg -o game.nes game.o

; Registers of the machine.
PPU_CTRL   = $2000
PPU_MASK   = $2001
PPU_STATUS = $2002
OAM_ADDR   = $2003
PPU_SCROLL = $2005
PPU_ADDR   = $2006
PPU_DATA   = $2007
PULSE_1    = $4000
DMC_FREQ   = $4010
OAM_DMA    = $4014
APU_STATUS = $4015
JOYPAD_1   = $4016
APU_FRAME  = $4017

; Bits of "buttons", in the order in which the joypad tells them.
BUTTON_A      = $80
BUTTON_B      = $40
BUTTON_SELECT = $20
BUTTON_START  = $10
BUTTON_UP     = $08
BUTTON_DOWN   = $04
BUTTON_LEFT   = $02
BUTTON_RIGHT  = $01

; The ball stays inside of these, and the square, too.
MIN_X = 8
MAX_X = 232
MIN_Y = 96
MAX_Y = 208

TILE_BALL   = 1
TILE_SQUARE = 2
SPEED       = 2

.segment "HEADER"
    .byte "NES", $1A
    .byte 1, 1                  ; 16 KiB of program, 8 KiB of tiles
    .byte 0, 0                  ; mapper 0
    .res 8, 0

.segment "ZEROPAGE"
buttons:  .res 1
ball_x:   .res 1
ball_y:   .res 1
ball_dx:  .res 1                ; 1 or -1
ball_dy:  .res 1
square_x: .res 1
square_y: .res 1
playing:  .res 1                ; BUTTON_A as long as there is a tone

.segment "OAM"
sprites:  .res 256              ; 64 of: row, tile, palette, column

.segment "CODE"

reset:
    sei
    cld
    ldx #$40
    stx APU_FRAME               ; no interrupts of the sound
    ldx #$FF
    txs
    inx
    stx PPU_CTRL
    stx PPU_MASK
    stx DMC_FREQ
    bit PPU_STATUS
:   bit PPU_STATUS              ; the picture unit needs two frames to warm up
    bpl :-
    txa
:   sta $00, x
    inx
    bne :-
    lda #$FF                    ; rows below the screen: sprites that are not shown
:   sta sprites, x
    inx
    bne :-
:   bit PPU_STATUS
    bpl :-

    jsr load_palettes
    jsr draw_banner
    lda #120
    sta ball_x
    sta square_x
    sta ball_y
    lda #180
    sta square_y
    lda #1
    sta ball_dx
    sta ball_dy
    sta APU_STATUS              ; pulse 1 alone
    lda #$80
    sta PPU_CTRL                ; an interrupt for each frame
    lda #$1E
    sta PPU_MASK                ; background and sprites
:   jmp :-

; Each frame, while nothing is drawn: what changed goes to the picture unit first.
frame:
    lda #0
    sta OAM_ADDR
    lda #>sprites
    sta OAM_DMA
    jsr colour_backdrop
    jsr read_joypad
    jsr move_ball
    jsr move_square
    jsr place_sprites
    jsr play_tone
nothing:
    rti

load_palettes:
    lda #$3F
    ldx #$00
    jsr set_address
:   lda palettes, x
    sta PPU_DATA
    inx
    cpx #32
    bne :-
    rts

; Empties the first name table, and writes the banner to its eighth row.
draw_banner:
    lda #$20
    ldx #$00
    jsr set_address
    lda #0
    ldy #4                      ; times 256
:   sta PPU_DATA
    inx
    bne :-
    dey
    bne :-
    lda #$20
    ldx #$ED                    ; row 7, column 13
    jsr set_address
    ldx #0
:   lda banner, x
    sta PPU_DATA
    inx
    cpx #banner_end - banner
    bne :-
    rts

; A: high byte, X: low byte; X is 0 afterwards.
set_address:
    sta PPU_ADDR
    stx PPU_ADDR
    ldx #0
    rts

; The backdrop shows the first button that is held.
colour_backdrop:
    ldx #0
:   lda backdrop_buttons, x
    beq :+                      ; the last one is for no button
    and buttons
    bne :+
    inx
    bne :-
:   ldy backdrop_colours, x
    lda #$3F
    ldx #$00
    jsr set_address
    sty PPU_DATA
    lda #$20
    jsr set_address
    stx PPU_SCROLL
    stx PPU_SCROLL
    rts

read_joypad:
    lda #1
    sta JOYPAD_1
    sta buttons                 ; comes out at the top when eight bits are in
    lsr a
    sta JOYPAD_1
:   lda JOYPAD_1
    lsr a
    rol buttons
    bcc :-
    rts

move_ball:
    clc
    lda ball_x
    adc ball_dx
    sta ball_x
    cmp #MIN_X
    beq :+
    cmp #MAX_X
    bne :++
:   lda #0
    sec
    sbc ball_dx
    sta ball_dx
:   clc
    lda ball_y
    adc ball_dy
    sta ball_y
    cmp #MIN_Y
    beq :+
    cmp #MAX_Y
    bne :++
:   lda #0
    sec
    sbc ball_dy
    sta ball_dy
:   rts

; All four limits are even, and so are the steps.
move_square:
    lda buttons
    and #BUTTON_LEFT
    beq :+
    lda square_x
    cmp #MIN_X
    beq :+
    sbc #SPEED                  ; the comparison has set the carry
    sta square_x
:   lda buttons
    and #BUTTON_RIGHT
    beq :+
    lda square_x
    cmp #MAX_X
    beq :+
    adc #SPEED                  ; ... or cleared it: it is below
    sta square_x
:   lda buttons
    and #BUTTON_UP
    beq :+
    lda square_y
    cmp #MIN_Y
    beq :+
    sbc #SPEED
    sta square_y
:   lda buttons
    and #BUTTON_DOWN
    beq :+
    lda square_y
    cmp #MAX_Y
    beq :+
    adc #SPEED
    sta square_y
:   rts

place_sprites:
    lda ball_y
    sta sprites
    lda #TILE_BALL
    sta sprites + 1
    lda #0
    sta sprites + 2
    lda ball_x
    sta sprites + 3
    lda square_y
    sta sprites + 4
    lda #TILE_SQUARE
    sta sprites + 5
    lda #1
    sta sprites + 6
    lda square_x
    sta sprites + 7
    rts

; 440 Hz as long as A is held: 1789773 / 16 / (253 + 1).
play_tone:
    lda #$30                    ; silence
    bit buttons
    bpl :+
    lda #$BF                    ; half of the period high, as loud as it gets
:   sta PULSE_1
    lda #$08
    sta PULSE_1 + 1             ; no sweep
    lda #<253
    sta PULSE_1 + 2
    lda buttons
    and #BUTTON_A
    cmp playing
    beq :+
    sta playing
    lda #>253
    sta PULSE_1 + 3             ; starts the period anew, so only once
:   rts

.segment "RODATA"

backdrop_buttons:
    .byte BUTTON_A, BUTTON_B, BUTTON_START, BUTTON_SELECT, 0
backdrop_colours:
    .byte $16, $1A, $12, $28, $0F   ; red, green, blue, yellow; black

palettes:
    .byte $0F, $30, $30, $30, $0F, $30, $30, $30, $0F, $30, $30, $30, $0F, $30, $30, $30
    .byte $0F, $27, $27, $27, $0F, $21, $21, $21, $0F, $30, $30, $30, $0F, $30, $30, $30

banner:                         ; LIBQIO
    .byte 3, 4, 5, 6, 4, 7
banner_end:

.segment "CHARS"

; The first of a tile's two planes; the second one is empty, so all pixels have colour 1.
.macro tile r0, r1, r2, r3, r4, r5, r6, r7
    .byte r0, r1, r2, r3, r4, r5, r6, r7
    .res 8, 0
.endmacro

    tile 0, 0, 0, 0, 0, 0, 0, 0
    tile %00111100, %01111110, $FF, $FF, $FF, $FF, %01111110, %00111100
    tile $FF, $FF, $FF, $FF, $FF, $FF, $FF, $FF
    tile %11000000, %11000000, %11000000, %11000000, %11000000, %11000000, %11111110, 0 ; L
    tile %01111100, %00110000, %00110000, %00110000, %00110000, %00110000, %01111100, 0 ; I
    tile %11111100, %11000110, %11000110, %11111100, %11000110, %11000110, %11111100, 0 ; B
    tile %01111100, %11000110, %11000110, %11000110, %11011110, %11001100, %01111010, 0 ; Q
    tile %01111100, %11000110, %11000110, %11000110, %11000110, %11000110, %01111100, 0 ; O

.segment "VECTORS"
    .word frame, reset, nothing
