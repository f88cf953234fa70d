using System.Buffers;
using System.Text;

namespace Ringwright.Conversations.Models;

/// <summary>
/// The data of server-sent events (WHATWG HTML 9.2), however their bytes are cut. A body that is one JSON object in place of events is the
/// data of one: some servers stream nothing.
/// </summary>
public sealed class ServerSentEvents
{
    /// <summary>Of one event, and of what was not taken yet.</summary>
    public const int MostBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly StringBuilder _data = new();
    private readonly Queue<string> _events = new();
    private bool _hasData, _wasReturn, _hasBegun;
    /// <summary>It is no stream; null as long as nothing but blanks has come.</summary>
    private bool? _isObject;

    /// <summary>The next bytes of the body.</summary>
    /// <returns>False when it is more than anybody sends.</returns>
    public bool Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte octet in bytes)
        {
            if (_isObject is null && !IsBlank(octet)) _isObject = octet == '{';
            if (_isObject is true) Append(octet);
            else if (octet == '\n' && _wasReturn) _wasReturn = false;
            else if (octet is (byte)'\n' or (byte)'\r')
            {
                _wasReturn = octet == '\r';
                OnLine();
            }
            else
            {
                _wasReturn = false;
                Append(octet);
            }
            if (_line.WrittenCount + _data.Length > MostBytes) return false;
        }
        return true;
    }

    /// <summary>The next event that is whole; false when there is none.</summary>
    public bool TryTake(out string data) => _events.TryDequeue(out data!);

    /// <summary>Nothing more will come. An event without the blank line behind it is taken as well.</summary>
    public void Finish()
    {
        if (_isObject is true) _events.Enqueue(Encoding.UTF8.GetString(_line.WrittenSpan).TrimStart('\uFEFF'));
        else
        {
            if (_line.WrittenCount > 0) OnLine();
            Dispatch();
        }
        _line.ResetWrittenCount();
    }

    /// <summary>Before all else; the mark of the order of bytes, which may stand before a whole object as well, is three of them.</summary>
    private static bool IsBlank(byte octet) =>
        octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF;

    private void Append(byte octet)
    {
        _line.GetSpan(1)[0] = octet;
        _line.Advance(1);
    }

    private void OnLine()
    {
        var line = _line.WrittenSpan;
        if (!_hasBegun && line.StartsWith("\uFEFF"u8)) line = line[3..];
        _hasBegun = true;
        if (line.IsEmpty) Dispatch();
        else if (line.StartsWith("data"u8) && (line.Length == 4 || line[4] == ':'))
        {
            var value = line.Length == 4 ? default : line[5..];
            if (!value.IsEmpty && value[0] == ' ') value = value[1..];
            // Some servers leave out the blank line behind an event: in no JSON a bracket opens behind a brace that closes.
            if (_data.Length > 0 && _data[^1] == '}' && !value.IsEmpty && value[0] is (byte)'{' or (byte)'[') Dispatch();
            if (_hasData) _data.Append('\n');
            _data.Append(Encoding.UTF8.GetString(value));
            _hasData = true;
        }
        _line.ResetWrittenCount();
    }

    private void Dispatch()
    {
        // Proxies send empty ones to keep a connection: nothing is told by them.
        if (_hasData && _data.ToString() is var data && !string.IsNullOrWhiteSpace(data)) _events.Enqueue(data);
        _data.Clear();
        _hasData = false;
    }
}
