using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringwright.Server.Operating;

/// <summary>A row of a list that was sent to the node.</summary>
/// <param name="Text">What a report shows of it.</param>
internal readonly record struct SentRow(int Line, string Text);

/// <summary>
/// Targets of one request, written as they are read: a list may have a million of them. It is full at so many rows or bytes, whichever
/// comes first, for the node takes neither more.
/// </summary>
internal sealed class TargetPiece
{
    private const int MostRows = 1_000, MostBytes = 4 * 1024 * 1024, FirstBytes = 64 * 1024;

    /// <summary>A number keeps its plus: what is escaped is read at length.</summary>
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _json = new(FirstBytes);
    private readonly List<SentRow> _rows = new(MostRows);

    public IReadOnlyList<SentRow> Rows => _rows;

    /// <summary>The whole request, once it has ended.</summary>
    public ReadOnlyMemory<byte> Json => _json.WrittenMemory;

    /// <param name="json">Writes this piece from now on.</param>
    public void Begin(Utf8JsonWriter json)
    {
        json.Reset(_json);
        json.WriteStartObject();
        json.WriteString("report"u8, "exceptions"u8);
        json.WriteStartArray("targets"u8);
    }

    public void Add(TargetCells row, Utf8JsonWriter json, int line)
    {
        row.Write(json);
        _rows.Add(new(line, row.Number));
    }

    /// <summary>One that nobody is to call: the node takes it out where it waits on the list, and answers that it is skipped.</summary>
    public void Refuse(string address, Utf8JsonWriter json, int line)
    {
        json.WriteStartObject();
        json.WriteString("phone_number"u8, address);
        json.WriteBoolean("do_not_call"u8, value: true);
        json.WriteEndObject();
        _rows.Add(new(line, address));
    }

    public bool IsFull(Utf8JsonWriter json) => _rows.Count >= MostRows || json.BytesCommitted + json.BytesPending >= MostBytes;

    public static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }
}
