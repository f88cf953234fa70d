using Ringwright.Calls;
using Ringwright.Media.Native;

namespace Ringwright.Speech.Recordings;

/// <summary>Nothing of a recording is held but the piece that is being written.</summary>
public sealed class RecordingCopies : IRecordingCopies
{
    private const int BlockSamples = 8 * 1024;

    public async Task WriteMp3Async(Stream wav, Stream mp3, CancellationToken stop)
    {
        try
        {
            using var audio = await RecordedAudio.OpenAsync(wav, RecordFormat.Wav, stop);
            if (!Mp3Encoder.TryCreate(audio.SampleRate, audio.Channels, out var encoder, out string? problem))
                throw new NotSupportedException(problem);
            using (encoder)
            {
                short[] samples = new short[BlockSamples];
                byte[] frames = new byte[Mp3Encoder.MostBytes(BlockSamples)];
                while (await audio.ReadAsync(samples, stop) is > 0 and int count)
                {
                    int written = encoder.Encode(samples.AsSpan(0, count), frames);
                    await mp3.WriteAsync(frames.AsMemory(0, written), stop);
                }
                int last = encoder.Finish(frames);
                await mp3.WriteAsync(frames.AsMemory(0, last), stop);
            }
        }
        catch (NotTranscribedException damaged)
        {
            throw new InvalidDataException(damaged.Message, damaged);
        }
    }
}
