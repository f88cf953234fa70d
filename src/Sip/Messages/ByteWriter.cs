using System.Buffers.Text;
using System.Text;

namespace Ringwright.Sip.Messages;

/// <summary>
/// A growing buffer for one outgoing message. What <see cref="Finish"/> or <see cref="FinishText"/> has copied out leaves its memory to the
/// thread's next message, and so does <see cref="Leave"/>.
/// </summary>
internal sealed class ByteWriter
{
    private const int Usual = 1024, MostKept = 16 * 1024;

    [ThreadStatic]
    private static byte[]? _kept;

    private byte[] _buffer;
    private int _length;

    public ByteWriter()
    {
        _buffer = _kept ?? new byte[Usual];
        _kept = null;
    }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>What was written. The writer is empty then.</summary>
    public byte[] Finish()
    {
        byte[] written = Written.ToArray();
        Leave();
        return written;
    }

    /// <summary>The same as text.</summary>
    public string FinishText()
    {
        string written = Encoding.UTF8.GetString(Written);
        Leave();
        return written;
    }

    /// <summary>What was written is in use nowhere any more.</summary>
    public void Leave()
    {
        if (_buffer.Length <= MostKept) _kept = _buffer;
        _buffer = [];
        _length = 0;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Grow(bytes.Length));
        _length += bytes.Length;
    }

    public void Append(byte value)
    {
        Grow(1)[0] = value;
        _length++;
    }

    public void Append(string text) => _length += Encoding.UTF8.GetBytes(text, Grow(Encoding.UTF8.GetMaxByteCount(text.Length)));

    public void Append(int number)
    {
        Utf8Formatter.TryFormat(number, Grow(11), out int written);
        _length += written;
    }

    /// <summary>A header line. Line ends inside the value become spaces: nobody puts a second header into a value.</summary>
    public void Line(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Append(name);
        Append(": "u8);
        int start = _length;
        Append(value);
        EndLine(start);
    }

    public void Line(ReadOnlySpan<byte> name, string value)
    {
        Append(name);
        Append(": "u8);
        int start = _length;
        Append(value);
        EndLine(start);
    }

    /// <summary>The rest of a start line.</summary>
    public void Line(string value)
    {
        int start = _length;
        Append(value);
        EndLine(start);
    }

    public void EndHeaders(ReadOnlySpan<byte> body)
    {
        Append("Content-Length: "u8);
        Append(body.Length);
        Append("\r\n\r\n"u8);
        Append(body);
    }

    private void EndLine(int start)
    {
        var value = _buffer.AsSpan(start, _length - start);
        value.Replace((byte)'\r', (byte)' ');
        value.Replace((byte)'\n', (byte)' ');
        Append("\r\n"u8);
    }

    private Span<byte> Grow(int by)
    {
        if (_buffer.Length - _length < by) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + by));
        return _buffer.AsSpan(_length);
    }
}
