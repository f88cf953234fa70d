using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Rooms;

/// <summary>
/// Makes a room's mix into what one codec sends: for all who hear the same, or for one who hears another mix than they. Before it goes on
/// after a pause it is given the last moments of what was heard meanwhile, so that a far end hears one stream go on and not another begin.
/// </summary>
internal sealed class MixEncoder
{
    private readonly IAudioEncoder _encoder;
    private readonly Resampler? _resampler;
    private readonly short[] _samples;
    private readonly byte[] _packet;
    private int _length;
    /// <summary>The tick that it encoded last.</summary>
    private long _tick = long.MinValue;

    public MixEncoder(Codec codec, StreamPlan plan)
    {
        (Codec, Wishes) = (codec, WishesOf(plan));
        _encoder = codec.CreateEncoder();
        (_encoder as IPlannedEncoder)?.Follow(plan);
        _resampler = codec.SampleRate == RoomPart.SampleRate ? null : new(RoomPart.SampleRate, codec.SampleRate);
        (_samples, _packet) = (new short[codec.FrameSamples], new byte[codec.FrameBytes]);
    }

    public Codec Codec { get; }
    private (bool WantsRedundancy, int PlaybackRate, int MostBitsPerSecond) Wishes { get; }

    /// <summary>Ports that send what it makes.</summary>
    public int Users { get; set; }

    /// <summary>Whether a port with this plan could send what it makes.</summary>
    public bool Suits(Codec codec, StreamPlan plan) =>
        ReferenceEquals(codec, Codec) && (_encoder is not IPlannedEncoder || WishesOf(plan) == Wishes);

    public bool HasEncoded(long tick) => _tick == tick;

    /// <summary>What is sent in the tick that was encoded last.</summary>
    public ReadOnlySpan<byte> Packet => _packet.AsSpan(0, _length);

    /// <summary>The same as sound, at the codec's rate.</summary>
    public ReadOnlySpan<short> Samples => _samples;

    public void Encode(ReadOnlySpan<short> mix, long tick, RecentMix before)
    {
        if (_tick != tick - 1)
        {
            // Without a memory of its own the encoder needs only what is still in the filter of the other rate.
            for (int ago = Codec.HasMemory ? RecentMix.Ticks : 1; ago > 0; ago--) Put(before.Ago(ago));
        }
        Put(mix);
        _tick = tick;
    }

    /// <summary>Gives the encoder's memory back.</summary>
    public void Free() => (_encoder as IDisposable)?.Dispose();

    private static (bool WantsRedundancy, int PlaybackRate, int MostBitsPerSecond) WishesOf(StreamPlan plan) =>
        (plan.WantsRedundancy, plan.PlaybackRate, plan.MostBitsPerSecond);

    private void Put(ReadOnlySpan<short> mix)
    {
        if (_resampler is null) mix.CopyTo(_samples);
        else _resampler.Process(mix, _samples);
        _length = _encoder.Encode(_samples, _packet);
    }
}

/// <summary>The last moments of what silent members of a room hear.</summary>
internal sealed class RecentMix
{
    public const int Ticks = 5;

    private readonly short[] _ring = new short[Ticks * RoomPart.FrameSamples];
    private int _next;

    public void Add(ReadOnlySpan<short> mix)
    {
        mix.CopyTo(_ring.AsSpan(_next * RoomPart.FrameSamples));
        _next = (_next + 1) % Ticks;
    }

    /// <param name="ticks">1 is the tick before this one.</param>
    public ReadOnlySpan<short> Ago(int ticks) =>
        _ring.AsSpan((_next + Ticks - ticks) % Ticks * RoomPart.FrameSamples, RoomPart.FrameSamples);
}
