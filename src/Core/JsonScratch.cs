using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringwright.Core;

/// <summary>
/// Writes JSON into memory that the thread keeps, and copies out what was written. A buffer that grows step by step costs several times
/// the text: for a string the writer asks for the most that it could become. Nothing is escaped that needs no escape in JSON.
/// </summary>
public static class JsonScratch
{
    private const int FirstBytes = 4 * 1024, MostKept = 64 * 1024;
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static Scratch? _kept;

    /// <summary>In UTF-8.</summary>
    /// <param name="write">Writes one value; it may come here again for another.</param>
    public static byte[] Bytes<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        var scratch = Fill(what, write);
        byte[] bytes = scratch.Buffer.WrittenSpan.ToArray();
        Keep(scratch);
        return bytes;
    }

    /// <inheritdoc cref="Bytes"/>
    public static string Text<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        var scratch = Fill(what, write);
        string text = Encoding.UTF8.GetString(scratch.Buffer.WrittenSpan);
        Keep(scratch);
        return text;
    }

    /// <summary>It is nobody else's until it is kept again, and is not kept when <paramref name="write"/> throws.</summary>
    private static Scratch Fill<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        var scratch = _kept ?? new();
        _kept = null;
        write(scratch.Writer, what);
        scratch.Writer.Flush();
        return scratch;
    }

    private static void Keep(Scratch scratch)
    {
        if (scratch.Buffer.Capacity > MostKept) return;
        scratch.Buffer.ResetWrittenCount();
        scratch.Writer.Reset();
        _kept = scratch;
    }

    private sealed class Scratch
    {
        public Scratch() => Writer = new(Buffer, Plain);

        public ArrayBufferWriter<byte> Buffer { get; } = new(FirstBytes);
        public Utf8JsonWriter Writer { get; }
    }
}
