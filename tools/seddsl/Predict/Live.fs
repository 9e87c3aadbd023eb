/// Detection in audio from standard input.
module Sed.Tool.Predict.Live

open System
open System.IO
open System.Runtime.InteropServices
open System.Threading
open Sed.Core.Annotations
open Sed.Core.Models

let private bufferSeconds = 0.02

/// Prints each event after it has ended, until the input ends. The input is 16-bit little-endian mono PCM at `rate` Hz.
let detect (model: SedModel) rate (asJson: bool) (input: Stream) (output: TextWriter) (stop: CancellationToken) =
    let detector = model.Stream rate
    if not asJson then
        ListNames.Require(model.Saved.Name, model.Classes)
    eprintfn
        $"Reading 16-bit little-endian mono PCM at {rate} Hz. Each event is printed at most {detector.DelaySeconds:F2} s after its end."
    if not asJson then
        output.WriteLine "onset\toffset\tevent_label"
        output.Flush()
    let print (events: SoundEvent seq) =
        for event in events do
            if asJson then
                output.WriteLine(Output.jsonLine event)
            else
                output.WriteLine((Output.eventRow "" event).TrimStart '\t')
            output.Flush()
    let bytes: byte[] = Array.zeroCreate (2 * max 1 (int (bufferSeconds * float rate)))
    let samples: float32[] = Array.zeroCreate (bytes.Length / 2)
    let mutable remainder = 0
    let mutable isOpen = true
    /// Reads the bytes that are available. A pending read of standard input cannot be cancelled, so an interruption
    /// abandons it.
    let read () =
        let reading = input.ReadAsync(bytes.AsMemory remainder, stop).AsTask()
        try
            reading.Wait stop
        with
        | :? OperationCanceledException
        | :? AggregateException -> ()
        if stop.IsCancellationRequested then
            print (detector.Finish())
            raise (OperationCanceledException stop)
        reading.GetAwaiter().GetResult()
    while isOpen do
        let count = read ()
        isOpen <- count > 0
        let complete = (remainder + count) / 2
        let pcm = MemoryMarshal.Cast<byte, int16>(ReadOnlySpan(bytes, 0, 2 * complete))
        for i in 0 .. complete - 1 do
            samples[i] <- float32 pcm[i] / 32768.0f
        if complete > 0 then
            print (detector.Push(ReadOnlySpan(samples, 0, complete)))
        remainder <- remainder + count - 2 * complete
        if remainder > 0 then
            bytes[0] <- bytes[2 * complete]
    print (detector.Finish())
    if remainder > 0 then
        eprintfn "The input ends in the middle of a sample; its last byte is ignored."
