using Ringwright.Calls;
using Ringwright.Media.Native;

namespace Ringwright.Speech.Recordings;

/// <summary>Nothing of a recording is held but the piece that is being written.</summary>
public sealed class RecordingCopies : IRecordingCopies
{
    private const int BlockSamples = 8 * 1024;

    /// <summary>
    /// Half the cores at most, whoever asks for how many: calls need the others. Who reads slowly holds none, for a turn is one block.
    /// </summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public string? Missing =>
        Mp3Encoder.IsAvailable ? null : "MP3 cannot be written here: libmp3lame is not installed on this node. Ask for .wav.";

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
                    int written = await InTurnAsync(() => encoder.Encode(samples.AsSpan(0, count), frames), stop);
                    await mp3.WriteAsync(frames.AsMemory(0, written), stop);
                }
                int last = await InTurnAsync(() => encoder.Finish(frames), stop);
                await mp3.WriteAsync(frames.AsMemory(0, last), stop);
            }
        }
        catch (NotTranscribedException damaged)
        {
            throw new InvalidDataException(damaged.Message, damaged);
        }
    }

    private async Task<int> InTurnAsync(Func<int> encode, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        try
        {
            return encode();
        }
        finally
        {
            _turns.Release();
        }
    }
}
