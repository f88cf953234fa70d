using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Rtp;

/// <summary>What each payload type means in what a port receives: a codec, events by some clock, comfort noise, or nothing.</summary>
internal sealed class HeardTable
{
    private const byte Events = 0x80, Noise = 0x7F, Supposed = 0x7E;
    /// <summary>The number that nearly all give events, their clock then (RFC 4733 section 2.1), and their length.</summary>
    private const int UsualEvents = 101, UsualClock = 8_000, EventBytes = 4;

    /// <summary>
    /// 0 nothing, else one more than the codec's place in <see cref="Codecs.All"/>, the mark of what may be events, that of comfort noise,
    /// or a mark with the place of a clock.
    /// </summary>
    private readonly byte[] _meanings = new byte[128];
    private readonly List<int> _clocks = [];

    public void Configure(StreamPlan plan)
    {
        Clear();
        foreach (var codec in plan.Heard.Codecs) Add(codec);
        foreach (var events in plan.Heard.Events) Add(events.PayloadType, events.ClockRate);
        Add(plan.Codec);
        if (plan.TelephoneEventType is { } type) Add(type, plan.EventClock);
        foreach (byte noise in plan.Heard.Noise) AddNoise(noise);
        AddNoise(ComfortNoise.PayloadType);
        // Some describe no events, and send their keys so all the same.
        if (_clocks.Count == 0 && _meanings[UsualEvents] == 0) _meanings[UsualEvents] = Supposed;
    }

    public void Clear()
    {
        Array.Clear(_meanings);
        _clocks.Clear();
    }

    /// <param name="format">The codec's place in <see cref="Codecs.All"/>.</param>
    public bool TryCodec(byte payloadType, out byte format)
    {
        byte meaning = _meanings[payloadType & 0x7F];
        format = (byte)(meaning - 1);
        return meaning is > 0 and < Supposed;
    }

    public bool IsNoise(byte payloadType) => _meanings[payloadType & 0x7F] == Noise;

    /// <param name="bytes">Of the payload.</param>
    public bool TryEvents(byte payloadType, int bytes, out int clockRate)
    {
        byte meaning = _meanings[payloadType & 0x7F];
        clockRate = meaning >= Events ? _clocks[meaning - Events] : meaning == Supposed && bytes == EventBytes ? UsualClock : 0;
        return clockRate > 0;
    }

    /// <summary>Of two meanings of a number the first one counts.</summary>
    private void Add(CodecChoice codec)
    {
        ref byte meaning = ref _meanings[codec.PayloadType & 0x7F];
        for (int i = 0; i < Codecs.All.Count && meaning == 0; i++)
            if (Codecs.All[i].Name == codec.Name && Codecs.All[i].ClockRate == codec.ClockRate) meaning = (byte)(i + 1);
    }

    private void AddNoise(byte payloadType)
    {
        ref byte meaning = ref _meanings[payloadType & 0x7F];
        if (meaning == 0) meaning = Noise;
    }

    private void Add(byte payloadType, int clockRate)
    {
        ref byte meaning = ref _meanings[payloadType & 0x7F];
        if (meaning != 0 || clockRate <= 0) return;
        int place = _clocks.IndexOf(clockRate);
        if (place < 0)
        {
            place = _clocks.Count;
            _clocks.Add(clockRate);
        }
        meaning = (byte)(Events | place);
    }
}
