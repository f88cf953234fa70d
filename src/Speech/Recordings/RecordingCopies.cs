using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Media.Native;

namespace Ringwright.Speech.Recordings;

/// <summary>Nothing of a recording is held but the piece that is being written.</summary>
public sealed class RecordingCopies : IRecordingCopies
{
    private const int BlockSamples = 8 * 1024, WavHeadBytes = 44, FormatBytes = 16;

    /// <summary>
    /// Half the cores at most, whoever asks for how many: calls need the others. Who reads slowly holds none, for a turn is one block.
    /// </summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public string? Missing =>
        Mp3Encoder.IsAvailable ? null : "MP3 cannot be written here: libmp3lame is not installed on this node. Ask for .wav.";

    public Task WriteMp3Async(Stream wav, Stream mp3, CancellationToken stop) =>
        WriteAsync(wav, RecordFormat.Wav, mp3, RecordFormat.Mp3, isMono: false, stop);

    public Task WriteMonoAsync(Stream kept, RecordFormat from, Stream copy, RecordFormat to, CancellationToken stop) =>
        WriteAsync(kept, from, copy, to, isMono: true, stop);

    private async Task WriteAsync(Stream kept, RecordFormat from, Stream copy, RecordFormat to, bool isMono, CancellationToken stop)
    {
        try
        {
            using var audio = await RecordedAudio.OpenAsync(kept, from, stop);
            int channels = isMono ? 1 : audio.Channels;
            if (to is RecordFormat.Mp3) await WriteMp3Async(audio, copy, channels, stop);
            else await WriteWavAsync(audio, copy, channels, stop);
        }
        catch (NotTranscribedException damaged)
        {
            throw new InvalidDataException(damaged.Message, damaged);
        }
    }

    private async Task WriteMp3Async(RecordedAudio audio, Stream mp3, int channels, CancellationToken stop)
    {
        if (!Mp3Encoder.TryCreate(audio.SampleRate, channels, out var encoder, out string? problem))
            throw new NotSupportedException(problem);
        using (encoder)
        {
            short[] samples = new short[BlockSamples];
            byte[] frames = new byte[Mp3Encoder.MostBytes(BlockSamples)];
            while (await audio.ReadAsync(samples, stop) is > 0 and int count)
            {
                int mixed = Mix(samples, count, audio, channels);
                int written = await InTurnAsync(() => encoder.Encode(samples.AsSpan(0, mixed), frames), stop);
                await mp3.WriteAsync(frames.AsMemory(0, written), stop);
            }
            int last = await InTurnAsync(() => encoder.Finish(frames), stop);
            await mp3.WriteAsync(frames.AsMemory(0, last), stop);
        }
    }

    private static async Task WriteWavAsync(RecordedAudio audio, Stream wav, int channels, CancellationToken stop)
    {
        if (audio.Samples is not { } all) throw new NotSupportedException("What is kept as MP3 is not written as WAV.");
        await wav.WriteAsync(HeadOf(audio.SampleRate, channels, all / audio.Channels * channels), stop);
        short[] samples = new short[BlockSamples];
        byte[] bytes = new byte[BlockSamples * sizeof(short)];
        while (await audio.ReadAsync(samples, stop) is > 0 and int count)
        {
            int mixed = Mix(samples, count, audio, channels) * sizeof(short);
            MemoryMarshal.AsBytes(samples.AsSpan())[..mixed].CopyTo(bytes);
            await wav.WriteAsync(bytes.AsMemory(0, mixed), stop);
        }
    }

    /// <summary>Both sides in one, where there are two and one is wanted: as a recording of one channel has them.</summary>
    /// <returns>Samples that are left, at the beginning.</returns>
    private static int Mix(short[] samples, int count, RecordedAudio audio, int channels)
    {
        if (audio.Channels == channels) return count;
        for (int i = 0; i < count / 2; i++)
            samples[i] = (short)Math.Clamp(samples[2 * i] + samples[2 * i + 1], short.MinValue, short.MaxValue);
        return count / 2;
    }

    private static byte[] HeadOf(int rate, int channels, long samples)
    {
        byte[] head = new byte[WavHeadBytes];
        uint bytes = (uint)Math.Min(uint.MaxValue - WavHeadBytes, samples * sizeof(short));
        "RIFF"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), bytes + WavHeadBytes - 8);
        "WAVEfmt "u8.CopyTo(head.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(16), FormatBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(20), 1);      // PCM
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(22), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(24), (uint)rate);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(28), (uint)(rate * channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(32), (ushort)(channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(34), 8 * sizeof(short));
        "data"u8.CopyTo(head.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(40), bytes);
        return head;
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
