using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ringwright.Calls;

namespace Ringwright.Streams;

/// <summary>Writes frames as JSON, and numbers them as they leave. One for each stream; its buffer holds one frame at a time.</summary>
internal sealed class FrameText : IDisposable
{
    private const string Version = "1.0.0", Micros = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private static readonly JsonEncodedText Chunk = JsonEncodedText.Encode("chunk"), Timestamp = JsonEncodedText.Encode("timestamp");
    /// <summary>Names and payloads are for a JSON parser, never for a web page.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(4 * 1024);
    private readonly Utf8JsonWriter _json;
    private readonly string _stream;
    private readonly StreamIdentity _identity;
    private readonly FrameWords _words;
    private readonly StreamCodec _codec;
    private readonly IReadOnlyList<StreamParameter> _parameters;
    private long _number;

    public FrameText(StreamOrder order, StreamIdentity identity, StreamCodec codec)
    {
        (_stream, _identity, _words) = (identity.Stream ?? order.Id.ToString(), identity, identity.Words);
        (_codec, _parameters) = (codec, order.Terms.CustomParameters);
        _json = new(_buffer, Plain);
    }

    public ReadOnlyMemory<byte> Write(in OutFrame frame)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        switch (frame.Kind)
        {
            case OutKind.Connected:
                _json.WriteString("event", "connected");
                if (_words.Protocol is { } protocol) _json.WriteString("protocol", protocol);
                _json.WriteString("version", Version);
                if (_identity.Connected is { } connected) WriteObject("connected", connected);
                break;
            case OutKind.Start:
                Begin("start");
                WriteStart();
                break;
            case OutKind.Audio:
                Begin("media");
                WriteAudio(frame);
                break;
            case OutKind.Digit:
                Begin("dtmf");
                WriteKey(frame);
                break;
            case OutKind.Mark:
                Begin("mark");
                WriteOne("mark", "name", frame.Text);
                break;
            case OutKind.Error:
                _json.WriteString("event", "error");
                _json.WriteString(_words.Stream, _stream);
                WriteFault(frame.Fault!); // each error has one
                break;
            case OutKind.Stop:
                Begin("stop");
                WriteObject("stop", _identity.Stop);
                break;
            default:
                throw new UnreachableException();
        }
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Begin(string name)
    {
        _json.WriteString("event", name);
        WriteNumber(_words.Number, ++_number);
        _json.WriteString(_words.Stream, _stream);
    }

    private void WriteStart()
    {
        _json.WriteStartObject("start");
        foreach (var (name, value) in _identity.Start) WriteNode(name, value);
        if (_parameters.Count > 0 || _words.AlwaysHasParameters)
        {
            _json.WriteStartObject(_words.Parameters);
            // JSON readers take the last of a name; a name is written once, where it stood first.
            foreach (string name in _parameters.Select(p => p.Name).Distinct(StringComparer.Ordinal))
                _json.WriteString(name, _parameters.Last(p => p.Name == name).Value);
            _json.WriteEndObject();
        }
        _json.WriteStartObject(_words.Format);
        _json.WriteString("encoding", _words.Encodings.GetValueOrDefault(_codec.Encoding, _codec.Encoding));
        _json.WriteNumber(_words.Rate, _codec.ToldRate);
        _json.WriteNumber("channels", 1);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteAudio(in OutFrame frame)
    {
        _json.WriteStartObject("media");
        _json.WriteString("track"u8, frame.Track is TapTracks.Said ? "inbound"u8 : "outbound"u8);
        WriteNumber(Chunk, frame.Chunk);
        WriteNumber(Timestamp, frame.Milliseconds);
        _json.WriteBase64String("payload"u8, frame.Payload.AsSpan(0, frame.Length));
        _json.WriteEndObject();
    }

    private void WriteKey(in OutFrame frame)
    {
        if (_words.KeyTrack is null)
            _json.WriteString("occurred_at", frame.At.UtcDateTime.ToString(Micros, CultureInfo.InvariantCulture));
        _json.WriteStartObject("dtmf");
        if (_words.KeyTrack is { } track) _json.WriteString("track", track);
        _json.WriteString("digit", frame.Text);
        _json.WriteEndObject();
    }

    private void WriteFault(StreamFault fault)
    {
        _json.WriteStartObject("payload");
        _json.WriteNumber("code", fault.Code);
        _json.WriteString("title", fault.Title);
        _json.WriteString("detail", fault.Detail);
        _json.WriteEndObject();
    }

    private void WriteOne(string within, string name, string? value)
    {
        _json.WriteStartObject(within);
        _json.WriteString(name, value);
        _json.WriteEndObject();
    }

    private void WriteObject(string name, System.Text.Json.Nodes.JsonObject value) => WriteNode(name, value);

    private void WriteNode(string name, System.Text.Json.Nodes.JsonNode? value)
    {
        _json.WritePropertyName(name);
        if (value is null) _json.WriteNullValue();
        else value.WriteTo(_json);
    }

    /// <summary>Numbers go as text.</summary>
    private void WriteNumber(JsonEncodedText name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        _json.WriteString(name, digits[..length]);
    }
}
