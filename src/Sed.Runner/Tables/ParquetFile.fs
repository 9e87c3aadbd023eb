/// Writes data frames as Parquet files.
module internal Sed.Runner.ParquetFile

open System
open System.IO
open System.Threading.Tasks
open Deedle
open Parquet
open Parquet.Schema
open Sed.Core.Runtime

type private Column =
    | Whole of Nullable<int64> array
    | Real of Nullable<float> array
    | Text of string array

/// The values of a column. Missing values remain missing.
let private column (keys: 'row seq) (values: Series<'row, obj>) =
    let cells = [ for key in keys -> Series.tryGet key values ]
    let present = List.choose id cells
    let isWhole (value: obj) = value :? int || value :? int64
    let isReal (value: obj) =
        isWhole value || value :? float || value :? decimal
    let converted convert = [| for cell in cells -> cell |> Option.map convert |> Option.toNullable |]
    if present |> List.forall isWhole then
        Whole(converted Convert.ToInt64)
    elif present |> List.forall isReal then
        Real(converted Convert.ToDouble)
    else
        Text [| for cell in cells -> cell |> Option.map string |> Option.defaultValue "" |]

let private field name column =
    match column with
    | Whole _ -> DataField(name, typeof<Nullable<int64>>)
    | Real _ -> DataField(name, typeof<Nullable<float>>)
    | Text _ -> DataField(name, typeof<string>)

let private save (stream: Stream) (fields: DataField list) (columns: Column list) : Task =
    task {
        let schema = ParquetSchema(fields |> List.map (fun field -> field :> Field))
        use! writer = ParquetWriter.CreateAsync(schema, stream)
        use group = writer.CreateRowGroup()
        for field, column in List.zip fields columns do
            match column with
            | Whole values -> do! group.WriteAsync<int64>(field, ReadOnlyMemory values)
            | Real values -> do! group.WriteAsync<float>(field, ReadOnlyMemory values)
            | Text values -> do! group.WriteAsync(field, values)
    }

/// Writes a frame. A frame without a column `row` gets one with its row keys.
let write (file: string) (frame: Frame<'row, string>) =
    let keys = Seq.toList frame.RowKeys
    let named = [
        if not (Seq.contains "row" frame.ColumnKeys) then
            "row", Text [| for key in keys -> string key |]
        for name in frame.ColumnKeys do
            name, column keys (frame.GetColumn<obj> name)
    ]
    let fields = [ for name, column in named -> field name column ]
    use bytes = new MemoryStream()
    (save bytes fields (List.map snd named)).GetAwaiter().GetResult()
    AtomicFile.Write(file, fun stream -> stream.Write(bytes.ToArray(), 0, int bytes.Length))
