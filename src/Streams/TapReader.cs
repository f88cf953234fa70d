using System.Buffers;
using Ringwright.Calls;
using Ringwright.Media;

namespace Ringwright.Streams;

/// <summary>Carries what a tap gives to the frames that go out, coded.</summary>
/// <param name="reached">A mark's name, once; null when it is no more of interest.</param>
internal sealed class TapReader(IAudioTap tap, StreamCodec codec, OutFrames to, Func<long, string?> reached) : IDisposable
{
    private readonly IAudioEncoder _said = codec.CreateEncoder(), _heard = codec.CreateEncoder();
    private readonly short[] _samples = new short[codec.FrameSamples];
    private long _saidFrames, _heardFrames, _overflows;

    /// <summary>Until nothing will come any more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (await tap.WaitAsync(stop))
        {
            while (tap.TryRead(_samples, out var frame))
            {
                if (frame.Kind is TapFrameKind.Audio) Send(frame);
                else if (reached(frame.Mark) is { } name) to.Add(new(OutKind.Mark) { Text = name });
            }
            // Frames that it has overwritten have no numbers: their times show the gap.
            if (tap.Overflows is var overflows && overflows > _overflows)
            {
                _overflows = overflows;
                to.AddLoss();
            }
        }
    }

    public void Dispose()
    {
        (_said as IDisposable)?.Dispose();
        (_heard as IDisposable)?.Dispose();
    }

    private void Send(in TapFrame frame)
    {
        bool isSaid = frame.Track is TapTracks.Said;
        byte[] payload = ArrayPool<byte>.Shared.Rent(codec.FrameBytes);
        int length = (isSaid ? _said : _heard).Encode(_samples.AsSpan(0, frame.Samples), payload.AsSpan(0, codec.FrameBytes));
        to.AddAudio(new(OutKind.Audio)
        {
            Track = frame.Track,
            Chunk = isSaid ? ++_saidFrames : ++_heardFrames,
            Milliseconds = frame.Milliseconds,
            Payload = payload,
            Length = length,
        });
    }
}
