using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The disk under the recordings takes nothing for some seconds, in the middle of calls.</summary>
[Failure("recordings-disk-still"), Depth("StillDiskTests in Edge hold what a disk does not take, and name what is lost")]
public sealed class FrozenDiskTests
{
    /// <summary>What a node keeps in memory of a recording; less is never lost.</summary>
    private const int HeldSeconds = 20;
    private const int Hertz = 600, BeforeSeconds = 2, AfterSeconds = 3;

    /// <summary>
    /// Seconds, the first recording's form (the second one has the other: each is there as WAV and as MP3, of one channel and of two),
    /// and whether root may freeze a real disk.
    /// </summary>
    public static TheoryData<int, string, bool> Stalls()
    {
        var stalls = new TheoryData<int, string, bool> { { 3, "mp3", true }, { 30, "wav", true } };
        if (!LongRun.IsOn) return stalls;
        foreach (int seconds in (int[])[1, 8])
            foreach (string format in (string[])["wav", "mp3"]) stalls.Add(seconds, format, true);
        stalls.Add(3, "wav", true);
        stalls.Add(30, "mp3", true);
        stalls.Add(3, "wav", false);
        stalls.Add(30, "mp3", false);
        return stalls;
    }

    [Theory, MemberData(nameof(Stalls))]
    public async Task A_recording_outlives_a_disk_that_stands_still_and_names_what_it_lost(int seconds, string format, bool isMounted)
    {
        await using var disk = await FrozenDisk.CreateAsync(isMounted);
        await using var node = new RunningNode("--api-rate", "100000") { Before = disk.Before };
        await node.InitializeAsync();
        await disk.UseAsync(node);
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using Phone phone = new(node), late = new(node);
        var call = phone.Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        await customer.ActAsync(initiated, "answer", Recording(format));
        await call.ReachesAsync(200);
        int media = node.MediaProcess;
        call.Audio.Say(Hertz, (BeforeSeconds + seconds + AfterSeconds + 20) * 1_000);
        // A recording is written half a second behind.
        await Eventually.TrueAsync(() => call.Audio.Position > 50 * BeforeSeconds, "something is on the disk");

        long frozenAt = Stopwatch.GetTimestamp();
        JsonObject other;
        PhoneCall second;
        await using (await disk.FreezeAsync())
        {
            // Another call comes, is answered and recorded in the meantime, and both end after it.
            second = late.Call(customer.Number);
            other = await customer.NextAsync("call.initiated", 2);
            await customer.ActAsync(other, "answer", Recording(format == "wav" ? "mp3" : "wav", "single"));
            await second.ReachesAsync(200);
            second.Audio.Say(Hertz, (seconds + AfterSeconds + 20) * 1_000);
            var left = TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(frozenAt);
            if (left > TimeSpan.Zero) await Task.Delay(left, TestContext.Current.CancellationToken);       // the disk's, not ours
        }
        double frozen = Stopwatch.GetElapsedTime(frozenAt).TotalSeconds;
        int position = call.Audio.Position;
        await Eventually.TrueAsync(() => call.Audio.Position > position + 50 * AfterSeconds, "it goes on", TimeSpan.FromSeconds(30));
        await customer.ActAsync(initiated, "hangup");
        await customer.ActAsync(other, "hangup");

        await customer.CountAsync("call.recording.saved", 2);
        Assert.Empty(customer.Payloads("call.recording.error"));
        Assert.Equal(media, node.MediaProcess);
        foreach (var saved in customer.Payloads("call.recording.saved"))
        {
            bool isFirst = (string?)saved["call_leg_id"] == (string?)initiated["call_leg_id"];
            await CheckAsync(node, saved, frozen, isFirst, (isFirst ? call : second).Audio.PausedMillis);
        }
        Assert.Equal(frozen > HeldSeconds + 1 ? 2 : 0, node.Lines.Count(line => line.Contains(" has a gap ", StringComparison.Ordinal)));
        await Eventually.TrueAsync(() => Directory.GetFiles(node.PathOf("recordings", "parts")).Length == 0,
            "no half file and no mark is left");
    }

    private static JsonObject Recording(string format, string channels = "dual") =>
        new()
        {
            ["record"] = "record-from-answer", ["record_format"] = format, ["record_channels"] = channels, ["send_silence_when_idle"] = true
        };

    private static async Task CheckAsync(RunningNode node, JsonObject saved, double frozen, bool isFirst, int paused)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) } };
        var shown = JsonNode.Parse(await http.GetStringAsync(new Uri(node.Api, $"recordings/{(string?)saved["recording_id"]}"),
            TestContext.Current.CancellationToken))!["data"]!;
        var (format, link) = Assert.Single(shown["download_urls"]!.AsObject());
        byte[] bytes = await http.GetByteArrayAsync((string)link!, TestContext.Current.CancellationToken);
        var file = format == "mp3" ? Recorded.OfMp3(bytes) : new Recorded(bytes);
        Assert.Equal(isFirst ? 2 : 1, file.Channels);
        // An MP3 consists of whole frames, and of what its encoder is behind.
        Assert.InRange(file.Millis - (int)shown["duration_millis"]!, 0, format == "mp3" ? 300 : 0);
        Assert.Equal(shown["gaps"]?.ToJsonString(), saved["gaps"]?.ToJsonString());
        double lasted = (Time(saved["recording_ended_at"]) - Time(saved["recording_started_at"])).TotalMilliseconds;
        // also where a part is missing: what is left stays in its place
        Assert.InRange((int)shown["duration_millis"]!, lasted - 100, lasted + 100);
        int missing = 0;
        if (frozen > HeldSeconds + 1)
        {
            var gap = Assert.Single(shown["gaps"]!.AsArray())!;
            missing = (int)gap["duration_millis"]!;
            // Of the second one nothing was on the disk when it stood still.
            Assert.InRange((int)gap["start_millis"]!, HeldSeconds * 1_000 - 500, (HeldSeconds + (isFirst ? BeforeSeconds + 3 : 1)) * 1_000);
            Assert.InRange(missing, 1_000, (frozen - HeldSeconds + 2) * 1_000);
        }
        else
        {
            Assert.Null(shown["gaps"]);
        }
        // The phone began to speak a moment behind the answer, and paused where its own thread stood.
        Assert.InRange(file.MillisOf(Hertz), file.Millis - missing - 2_000 - paused, file.Millis - missing + 40);
    }

    private static DateTimeOffset Time(JsonNode? node) =>
        DateTimeOffset.Parse((string)node!, System.Globalization.CultureInfo.InvariantCulture);
}
