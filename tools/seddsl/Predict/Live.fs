/// Events in what comes through standard input.
module Sed.Tool.Predict.Live

open System
open System.IO
open System.Runtime.InteropServices
open System.Threading
open Sed.Core.Models

let private pieceSeconds = 0.02

/// Prints events as they end, until the input does.
let listen (model: SedModel) rate (asJson: bool) (input: Stream) (output: TextWriter) (stop: CancellationToken) =
    let live = model.Live rate
    eprintfn
        $"Listening: 16-bit little-endian mono PCM at {rate} Hz. Events are told {live.DelaySeconds:F2} s after their end at most."
    if not asJson then
        output.WriteLine "onset\toffset\tevent_label"
        output.Flush()
    let tell (events: Sed.Core.Annotations.SoundEvent seq) =
        for sound in events do
            if asJson then
                output.WriteLine(Output.jsonLine sound)
            else
                output.WriteLine((Output.eventRow "" sound).TrimStart '\t')
            output.Flush()
    let bytes: byte[] = Array.zeroCreate (2 * max 1 (int (pieceSeconds * float rate)))
    let samples: float32[] = Array.zeroCreate (bytes.Length / 2)
    let mutable held = 0
    let mutable goesOn = true
    /// What is there, be it less than a piece; a read that waits for more cannot be woken, so it is left alone on a stop.
    let read () =
        let reading = input.ReadAsync(bytes.AsMemory held, stop).AsTask()
        try
            reading.Wait stop
        with
        | :? OperationCanceledException
        | :? AggregateException -> ()
        if stop.IsCancellationRequested then
            tell (live.Finish())
            raise (OperationCanceledException stop)
        reading.GetAwaiter().GetResult()
    while goesOn do
        let got = read ()
        goesOn <- got > 0
        let whole = (held + got) / 2
        let pcm = MemoryMarshal.Cast<byte, int16>(ReadOnlySpan(bytes, 0, 2 * whole))
        for i in 0 .. whole - 1 do
            samples[i] <- float32 pcm[i] / 32768.0f
        if whole > 0 then
            tell (live.Push(ReadOnlySpan(samples, 0, whole)))
        held <- held + got - 2 * whole
        if held > 0 then
            bytes[0] <- bytes[2 * whole]
    tell (live.Finish())
    if held > 0 then
        eprintfn "The input ends inside a sample; its last byte is left out."
