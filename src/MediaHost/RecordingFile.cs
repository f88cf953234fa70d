using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Ringwright.Calls;
using Ringwright.Media.Dsp;

namespace Ringwright.MediaHost;

/// <summary>One recording on its way to the disk: 16-bit WAV, trimmed as it is written. One thread at a time.</summary>
internal sealed class RecordingFile
{
    public const string NoFolder = "This node keeps no recordings.", NeverBegun = "The media plane never began the recording.";

    private const int HeaderBytes = 44, DefaultRate = 8_000, PcmCoding = 1;
    /// <summary>Mean square of a tick that counts as sound when silence is trimmed: about -49 dB below full scale, as for voice.</summary>
    private const double Sound = 13_500;
    /// <summary>Left at both ends of what was trimmed, so that no word is cut.</summary>
    private const int MarginMilliseconds = 100, TickMilliseconds = 20;

    private readonly RecordPlan _plan;
    private readonly string _part;
    private readonly IDisk _disk;
    private readonly SafeFileHandle _handle;
    private readonly List<RecordGap> _gaps = [];
    private readonly Queue<short[]> _before = new();
    private int _rate;
    private long _bytes, _soundEnd;
    private bool _hasSound;

    private RecordingFile(string part, RecordPlan plan, IDisk disk, SafeFileHandle handle) =>
        (_part, _plan, _disk, _handle) = (part, plan, disk, handle);

    public static RecordingFile Create(string folder, RecordPlan plan, IDisk? disk = null)
    {
        disk ??= LocalDisk.Instance;
        string part = PartOf(folder, plan);
        return new(part, plan, disk, disk.Create(part));
    }

    /// <summary>Off the caller's thread: to code takes its time.</summary>
    public static Task<RecordedFile> RepairAsync(string? folder, RecordPlan plan, CancellationToken stop) =>
        folder is null ? Task.FromResult(RecordedFile.Failed(NoFolder)) : Task.Run(() => Repair(folder, plan), stop);

    /// <summary>What a process that died has written, made whole. The header says the rate from the first sample on.</summary>
    public static RecordedFile Repair(string folder, RecordPlan plan)
    {
        string part = PartOf(folder, plan);
        var gaps = GapMarks.Read(part);
        try
        {
            // It died between the file's last name and its last form.
            string wav = Path.ChangeExtension(part, ".wav");
            if (!File.Exists(part) && File.Exists(wav)) File.Move(wav, part);
            if (!File.Exists(part))
                return (Whole(part, plan) ?? RecordedFile.Failed("The node stopped before anything was recorded."))
                    with
                {
                    Gaps = gaps
                };
            var file = new RecordingFile(part, plan, LocalDisk.Instance,
                File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite, FileShare.Read));
            (file._rate, file._bytes) = Measure(file._handle, plan);
            file._soundEnd = file._bytes;
            // A gap is marked before anything is written behind it: what the file does not reach to is not missing in it.
            if (file._rate > 0) file._gaps.AddRange(GapMarks.Within(gaps, LengthOf(file._bytes, file._rate, plan)));
            return file.Finish();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return RecordedFile.Failed(FileTrouble.Of(e));
        }
    }

    /// <summary>Of what a process that died has written; nothing where there is none, or it cannot be read.</summary>
    public static TimeSpan LengthLeft(string? folder, RecordPlan plan)
    {
        if (folder is null) return TimeSpan.Zero;
        string part = PartOf(folder, plan);
        try
        {
            foreach (string wav in (ReadOnlySpan<string>)[part, Path.ChangeExtension(part, ".wav")])
            {
                if (!File.Exists(wav)) continue;
                using var file = File.OpenHandle(wav, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                var (rate, bytes) = Measure(file, plan);
                return rate > 0 ? LengthOf(bytes, rate, plan) : TimeSpan.Zero;
            }
            return Whole(part, plan)?.Length ?? TimeSpan.Zero;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.Zero;
        }
    }

    /// <returns>The rate, 0 when no header was written, and the bytes of whole samples.</returns>
    private static (int Rate, long Bytes) Measure(SafeFileHandle wav, RecordPlan plan)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int rate = RandomAccess.Read(wav, header, 0) == HeaderBytes ? BinaryPrimitives.ReadInt32LittleEndian(header[24..]) : 0;
        int block = plan.Channels * sizeof(short);
        return (rate, Math.Max(0, RandomAccess.GetLength(wav) - HeaderBytes) / block * block);
    }

    /// <summary>In whole ticks: by way of a double, 820 ms are 819.9999.</summary>
    private static TimeSpan LengthOf(long bytes, int rate, RecordPlan plan) =>
        TimeSpan.FromTicks(bytes / (sizeof(short) * plan.Channels) * TimeSpan.TicksPerSecond / rate);

    /// <summary>
    /// The WAV goes when the file of the other format is on the disk: what stands there alone was finished,
    /// and only the word of it is lost.
    /// </summary>
    private static RecordedFile? Whole(string part, RecordPlan plan)
    {
        string coded = CodedOf(part, plan);
        if (plan.Format is RecordFormat.Wav || !File.Exists(coded)) return null;
        var length = plan.Format is RecordFormat.Ogg ? OggFile.LengthOf(coded) : Mp3File.LengthOf(coded);
        return new() { Path = coded, Bytes = new FileInfo(coded).Length, Length = length };
    }

    public void Write(ReadOnlySpan<short> samples, int rate)
    {
        Begin(rate);
        if (!_plan.TrimsSilence)
        {
            Append(samples);
            return;
        }
        int tick = _rate * TickMilliseconds / 1000 * _plan.Channels;
        for (; !samples.IsEmpty; samples = samples[Math.Min(tick, samples.Length)..]) Trim(samples[..Math.Min(tick, samples.Length)]);
    }

    /// <summary>
    /// So many samples were lost, of all channels together. The file is silent there, so that everything else stays in its
    /// place, and its mark outlives the process.
    /// </summary>
    public void Skip(long samples, int rate)
    {
        Begin(rate);
        // It may have been sound.
        if (!_hasSound) KeepSound();
        var gap = new RecordGap(LengthOf(_bytes, _rate, _plan), LengthOf(samples * sizeof(short), _rate, _plan));
        _bytes += samples * sizeof(short);
        _soundEnd = _bytes;
        GapMarks.Add(_gaps, gap);
        GapMarks.Write(_part, _gaps);
    }

    /// <summary>Header, disk, name, and the other format when one was asked for.</summary>
    public RecordedFile Finish()
    {
        if (_rate == 0) _rate = DefaultRate;
        if (_plan.TrimsSilence) _bytes = Math.Min(_bytes, _soundEnd);
        WriteHeader();
        RandomAccess.SetLength(_handle, HeaderBytes + _bytes);
        _disk.Flush(_handle);
        _handle.Dispose();
        string wav = Path.ChangeExtension(_part, ".wav");
        File.Move(_part, wav, overwrite: true);
        var length = LengthOf(_bytes, _rate, _plan);
        if (_plan.Format is RecordFormat.Wav) return new() { Path = wav, Bytes = HeaderBytes + _bytes, Length = length, Gaps = _gaps };

        string coded = CodedOf(_part, _plan);
        long bytes = _plan.Format is RecordFormat.Ogg ? OggFile.Convert(wav, HeaderBytes, coded, _rate, _plan.Channels)
            : Mp3File.Convert(wav, HeaderBytes, coded, _rate, _plan.Channels);
        File.Delete(wav);
        return new() { Path = coded, Bytes = bytes, Length = length, Gaps = _gaps };
    }

    /// <summary>Nothing of it stays.</summary>
    public void Discard()
    {
        _handle.Dispose();
        foreach (string extension in (ReadOnlySpan<string>)[".part", ".wav", ".mp3", ".ogg", GapMarks.Extension])
        {
            try
            {
                File.Delete(Path.ChangeExtension(_part, extension));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The folder that could not be written may not be tidied either; the next start looks again.
            }
        }
    }

    private static string PartOf(string folder, RecordPlan plan) => Path.Combine(folder, $"{plan.Id:D}.part");

    private static string CodedOf(string part, RecordPlan plan) =>
        Path.ChangeExtension(part, RecordFormats.ExtensionOf(plan.Format));

    /// <summary>Leading silence is never written but for the margin; the trailing one is cut off at the end.</summary>
    private void Trim(ReadOnlySpan<short> tick)
    {
        bool isSound = Gain.Power(tick) > Sound;
        if (!_hasSound && !isSound)
        {
            _before.Enqueue(tick.ToArray());
            if (_before.Count > MarginMilliseconds / TickMilliseconds) _before.Dequeue();
            return;
        }
        if (!_hasSound) KeepSound();
        Append(tick);
        if (isSound) _soundEnd = _bytes + (long)_rate * MarginMilliseconds / 1000 * _plan.Channels * sizeof(short);
    }

    /// <summary>From here on nothing is left out.</summary>
    private void KeepSound()
    {
        while (_before.TryDequeue(out short[]? quiet)) Append(quiet);
        _hasSound = true;
    }

    private void Begin(int rate)
    {
        if (_rate != 0) return;
        _rate = rate;
        WriteHeader();
    }

    private void Append(ReadOnlySpan<short> samples)
    {
        // Both the file and the machines that the media plane runs on are little-endian.
        var bytes = MemoryMarshal.AsBytes(samples);
        _disk.Write(_handle, bytes, HeaderBytes + _bytes);
        _bytes += bytes.Length;
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int block = _plan.Channels * sizeof(short);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(HeaderBytes - 8 + _bytes));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], PcmCoding);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)_plan.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], _rate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], _rate * block);
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)block);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 8 * sizeof(short));
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], (uint)_bytes);
        _disk.Write(_handle, header, 0);
    }
}
