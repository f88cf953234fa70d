using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Workloads;

/// <summary>
/// Of a run whose calls were recorded: the API lists a recording of the right length for each, and the file on the disk holds it. Of a WAV
/// the first one is listened to: one party on each side.
/// </summary>
/// <param name="format">"wav" or "mp3".</param>
internal sealed class RecordingCheck(NodeProcess node, string format) : IDisposable
{
    private const string Active = "ringwright_media_recordings_active";
    private const int HeadBytes = 44, Rate = 8_000, FrameBytes = 4, PageSize = 250;
    private const int LeastLess = 400, MostMore = 1_500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CustomerApi _api = new(node.Api, node.Key);
    /// <summary>An encoder of MP3 adds what it needs to begin and end with: at 8 kHz a quarter of a second.</summary>
    private int Tolerance => format == "wav" ? 250 : 500;
    private int _before;

    /// <summary>Before a run: what is there already is not its.</summary>
    public async Task BeginAsync(CancellationToken stop) => _before = (await ListAsync(stop)).Total;

    /// <summary>Until the last file is whole: its making belongs to the calls.</summary>
    public async Task WaitAsync(CancellationToken stop)
    {
        for (long limit = Sockets.Poller.Now + Patience.Ticks * 100; Sockets.Poller.Now < limit; await Task.Delay(100, stop))
            if ((await node.MetricsAsync(stop))[Active] is 0 or null) return;
    }

    public async Task<IReadOnlyList<string>> FaultsAsync(CallPlan plan, CancellationToken stop)
    {
        var (rows, total) = await ListAsync(stop);
        var faults = new List<string>();
        if (total - _before != plan.Calls) faults.Add($"{total - _before} recordings are listed for {plan.Calls} calls");
        foreach (var row in rows.Take(total - _before))
        {
            int length = (int)row["duration_millis"]!;       // the contract demands it
            if (length < plan.HoldMilliseconds - LeastLess || length > plan.HoldMilliseconds + MostMore)
                faults.Add($"a recording of a call of {plan.HoldMilliseconds} ms has {length} ms");
            string name = $"{(string)row["id"]!}.{format}";
            if (Directory.EnumerateFiles(Path.Combine(node.DataFolder, "recordings"), name, SearchOption.AllDirectories)
                .FirstOrDefault() is not { } file) faults.Add($"there is no file {name}");
            else if (LengthOf(file) is var held && Math.Abs(held - length) > Tolerance)
                faults.Add($"the file of a recording of {length} ms holds {held:F0} ms");
            else if (format == "wav" && faults.Count == 0 && row == rows[0] && !HasBothSides(file))
                faults.Add("a recording does not have one party on each side");
        }
        return [.. faults.Distinct(StringComparer.Ordinal).Take(5)];
    }

    private async Task<(List<JsonNode> Rows, int Total)> ListAsync(CancellationToken stop)
    {
        var (status, text) = await _api.TrySendAsync(HttpMethod.Get, $"recordings?page[size]={PageSize}", null, stop);
        if (status != 200 || JsonNode.Parse(text) is not { } page) throw new BenchFailure($"GET recordings: {status} {text}");
        return ([.. page["data"]!.AsArray().Select(r => r!)], (int)page["meta"]!["total_results"]!);       // the contract demands them
    }

    /// <summary>In milliseconds: of a WAV by its bytes, of an MP3 (MPEG-2 layer III, ISO 13818-3) by bytes and bit rate.</summary>
    private static double LengthOf(string file)
    {
        long bytes = new FileInfo(file).Length;
        if (file.EndsWith(".wav", StringComparison.Ordinal)) return (bytes - HeadBytes) * 1_000.0 / FrameBytes / Rate;
        using var stream = File.OpenRead(file);
        Span<byte> head = stackalloc byte[4];
        ReadOnlySpan<int> kilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
        int rate = stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4 && head[0] == 0xFF && head[1] >= 0xE0
            ? kilobits[head[2] >> 4] : 0;
        return rate == 0 ? 0 : bytes * 8.0 / rate;
    }

    /// <summary>Half a second into the file, where both talk: each tone is much louder on one side than on the other.</summary>
    private static bool HasBothSides(string wav)
    {
        byte[] bytes = File.ReadAllBytes(wav);
        var samples = MemoryMarshal.Cast<byte, short>(bytes.AsSpan(HeadBytes));
        if (BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(22)) != 2 || samples.Length < 2 * 6_400) return false;
        var sides = samples.Slice(2 * 4_000, 2 * 2_400).ToArray();
        short[] left = [.. sides.Where((_, i) => i % 2 == 0)], right = [.. sides.Where((_, i) => i % 2 == 1)];
        return IsOn(left, right, Tone.CallerHertz) && IsOn(right, left, Tone.CalleeHertz)
            || IsOn(right, left, Tone.CallerHertz) && IsOn(left, right, Tone.CalleeHertz);
    }

    private static bool IsOn(short[] one, short[] other, int hertz) =>
        Tone.Power(one, Rate, hertz) > 1e6 && Tone.Power(one, Rate, hertz) > 10 * Tone.Power(other, Rate, hertz);

    public void Dispose() => _api.Dispose();
}
