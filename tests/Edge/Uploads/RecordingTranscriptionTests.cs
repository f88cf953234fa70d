using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Speech.Transcription;
using Ringwright.Edge.Streams;
using Ringwright.Edge.Telnyx;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Media.Native;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recordings;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Uploads;

namespace Ringwright.Edge.Uploads;

/// <summary>A saved recording that is to be written down, by a recogniser that may do all that one should not.</summary>
public sealed class RecordingTranscriptionTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private static uint _legs = 97_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    /// <summary>Of the recognisers: it stands unless a test moves it, so none is given up because its thread was late.</summary>
    private readonly FakeTimeProvider _ears = new();
    private ScriptedRecogniser _recogniser = new();
    private JobRunner _runner = null!;      // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Begin();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _runner.DisposeAsync();

    private void Begin()
    {
        // Recognisers live by a time of their own, jobs by the host's.
        var transcriber = new RecordingTranscriber(_ => _recogniser, _ears, NullLogger.Instance, Patience);
        var jobs = new RecordingTranscriptions(host.Store, host.Ledger, transcriber, NullLogger.Instance);
        var options = RecordingTranscriptions.Options with { Lease = TimeSpan.FromDays(1) };
        _runner = new(host.Store.Jobs, host.Blobs, [jobs.Kind], options, host.Time, NullLogger.Instance);
        _runner.Start();
    }

    private async Task<(RecordPlan Plan, LegFacts Leg)> SavedAsync(byte[]? file = null, RecordFormat format = RecordFormat.Wav,
        Func<LegFacts, Task>? before = null, Func<RecordPlan, RecordPlan>? change = null, LegFacts? leg = null)
    {
        var facts = leg ?? (await host.LegAsync(await host.ApplicationAsync($"transcribed-{Guid.NewGuid():N}"),
            Interlocked.Increment(ref _legs))).Facts;
        if (before is not null) await before(facts);
        var plan = new RecordPlan { Id = Guid.NewGuid(), Format = format, IsDual = true, Transcription = new("en-US") };
        plan = change?.Invoke(plan) ?? plan;
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = facts, At = host.Now }));
        await host.Blobs.PutAsync(BlobKey.OfRecording(facts.Tenant, plan.Id, format),
            file ?? Wav(Tone(440, 8_000), Tone(1_000, 8_000)), Stop);
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingSaved
        {
            Leg = facts, At = host.Now, Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = host.Now, EndedAt = host.Now,
            Length = TimeSpan.FromSeconds(1), Bytes = 1, Blob = $"recordings/{plan.Id.ToString("N")[..2]}/{plan.Id:D}.wav",
        }));
        host.Store.Jobs.Ring();
        return (plan, facts);
    }

    /// <summary>A leg of another account than the host's.</summary>
    private async Task<LegFacts> LegOfAsync(TenantId account, string key)
    {
        var made = await host.SendAsync("POST", "/v2/call_control_applications",
            $$"""{"application_name":"transcribed-{{Guid.NewGuid():N}}","webhook_event_url":"https://93.184.216.34/hooks"}""", key);
        var facts = host.FactsOf((string)made.Data["id"]!, Interlocked.Increment(ref _legs)) with { Tenant = account };
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.LegInitiated { Leg = facts, At = facts.StartedAt }));
        return facts;
    }

    private BlobKey KeyOf(RecordPlan plan) => BlobKey.OfRecording(host.Tenant, plan.Id, plan.Format);

    /// <summary>A second of a tone.</summary>
    private static short[] Tone(double hertz, int rate) =>
        [.. Enumerable.Range(0, rate).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * hertz * i / rate)))];

    private static byte[] Wav(short[] left, short[] right)
    {
        var file = new byte[44 + left.Length * 4];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 2);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), 8_000);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), 32_000);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 4);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), left.Length * 4);
        for (int i = 0; i < left.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + i * 4), left[i]);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(46 + i * 4), right[i]);
        }
        return file;
    }

    private async Task<RecordingTranscriptionRow?> RowAsync(RecordPlan plan, TenantId? account = null) =>
        (await host.Store.RecordingTranscriptions.ListAsync(account ?? host.Tenant, new() { Limit = 100 }, Stop)).Rows
            .SingleOrDefault(row => row.Recording == plan.Id);

    private Task<RecordingTranscriptionRow> OverAsync(RecordPlan plan, TenantId? account = null) => Eventually.SomeAsync(async () =>
    {
        host.Time.Advance(TimeSpan.FromSeconds(1));
        return await RowAsync(plan, account) is { State: not RecordingTranscriptionState.InProgress } row ? row : null;
    }, "it is over");

    private async Task<ScriptedRecognition[]> OpenedAsync(int count)
    {
        await Eventually.TrueAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return _recogniser.Opened.Count >= count;
        }, "the recogniser is opened");
        return [.. _recogniser.Opened];
    }

    /// <summary>Not before all is heard: a recogniser that ends in the middle is asked once more.</summary>
    private static async Task EndAsync(ScriptedRecognition[] opened)
    {
        await Eventually.TrueAsync(() => opened.All(one => one.IsFinished), "all is heard");
        foreach (var one in opened) one.End();
    }

    private async Task<CallEvent.RecordingTranscribed[]> ToldAsync(LegFacts leg) =>
        [.. (await host.Store.Events.ListLegAsync(leg.Tenant, leg.Id, Stop)).Select(row => row.ToEvent())
            .OfType<CallEvent.RecordingTranscribed>()];

    [Fact]
    public async Task Each_channel_is_heard_by_itself_and_turns_are_in_order_of_time()
    {
        _recogniser = new() { KeepsOpen = true };
        var (plan, leg) = await SavedAsync();
        var heard = await OpenedAsync(2);
        await Eventually.TrueAsync(() => heard.All(one => one.IsFinished), "all is heard");
        Assert.True(Waves.Share(heard[0].Heard, 440, 16_000) > 0.9);
        Assert.True(Waves.Share(heard[1].Heard, 1_000, 16_000) > 0.9);
        Assert.All(heard, one => Assert.InRange(one.Heard.Length, 15_900, 16_200));
        var row = (await RowAsync(plan))!;
        string path = $"/v2/recording_transcriptions/{row.Id}";
        Assert.Equal("in-progress", (string)(await host.SendAsync("GET", path)).Data["status"]!);

        heard[1].Say("fine", TimeSpan.FromSeconds(0.5));
        heard[1].Say("thanks", TimeSpan.FromSeconds(0.6));
        heard[0].Say("hello", TimeSpan.FromSeconds(0.1));
        heard[0].Say("bye", TimeSpan.FromSeconds(0.9));
        foreach (var one in heard) one.End();
        Assert.Equal("hello\nfine thanks\nbye", (await OverAsync(plan)).Text);
        var told = Assert.Single(await ToldAsync(leg));
        Assert.Equal(("hello\nfine thanks\nbye", null, row.Id), (told.Text, told.Failure, told.Transcription));
        var shown = (await host.SendAsync("GET", path)).Data;
        Assert.Equal(("completed", 1_000, plan.Id.ToString()),
            ((string)shown["status"]!, (int)shown["duration_millis"]!, (string)shown["recording_id"]!));
        Assert.Equal(200, (await host.SendAsync("DELETE", path)).Status);
        Assert.Equal(404, (await host.SendAsync("GET", path)).Status);
    }

    [Theory]
    [InlineData(RecordTrack.Inbound, 440), InlineData(RecordTrack.Outbound, 1_000)]
    public async Task One_side_alone_is_heard_on_its_own_channel(RecordTrack side, int hertz)
    {
        _recogniser = new() { KeepsOpen = true };
        var (plan, _) = await SavedAsync(change: one => one with { Transcription = new("en-US") { Track = side } });
        var heard = Assert.Single(await OpenedAsync(1));
        await Eventually.TrueAsync(() => heard.IsFinished, "all is heard");
        Assert.True(Waves.Share(heard.Heard, hertz, 16_000) > 0.9);
        heard.Say("hello", TimeSpan.FromSeconds(0.1));
        heard.End();
        Assert.Equal("hello", (await OverAsync(plan)).Text);
        Assert.Single(_recogniser.Opened);
    }

    [Theory]
    [InlineData(RecordTrack.Both), InlineData(RecordTrack.Inbound)]
    public async Task A_side_that_is_not_on_a_channel_of_its_own_is_written_down_by_nobody(RecordTrack recorded)
    {
        var (plan, leg) = await SavedAsync(change: one => one with
        {
            IsDual = false,
            Track = recorded,
            Transcription = new("en-US") { Track = RecordTrack.Outbound },
        });
        var row = await OverAsync(plan);
        Assert.Equal((RecordingTranscriptionState.Failed, "the recording has no channel of that side alone"), (row.State, row.Detail));
        Assert.NotNull(Assert.Single(await ToldAsync(leg)).Failure);
        Assert.Empty(_recogniser.Opened);
    }

    /// <summary>The contract has neither; the newest SDK sends both.</summary>
    [Fact, Depth("the gate has what a bucket refuses and answers nonsense to, and a recogniser that dies")]
    public async Task The_list_comes_in_pages_and_is_filtered_by_recording_and_time()
    {
        _recogniser = new() { Opening = _ => throw new RecognitionException("it is shut") };
        var plans = new[] { (await SavedAsync()).Plan, (await SavedAsync()).Plan };
        foreach (var plan in plans) await OverAsync(plan);
        const string Path = "/v2/recording_transcriptions";
        int total = (await host.SendAsync("GET", Path)).List.Count;
        var met = new List<string>();
        for (int page = 1; page <= total; page++)
            met.Add((string)Assert.Single((await host.SendAsync("GET", $"{Path}?page[size]=1&page[number]={page}")).List)!["id"]!);
        Assert.Equal(total, met.Distinct().Count());
        Assert.Empty((await host.SendAsync("GET", $"{Path}?page[size]=1&page[number]={total + 1}")).List);
        var ofOne = (await host.SendAsync("GET", $"{Path}?filter[recording_id]={plans[0].Id}")).List;
        Assert.Equal(plans[0].Id.ToString(), (string?)Assert.Single(ofOne)!["recording_id"]);
        string at = Uri.EscapeDataString((string)ofOne[0]!["created_at"]!), both = $"filter[recording_id]={plans[0].Id}";
        Assert.Single((await host.SendAsync("GET", $"{Path}?{both}&filter[created_at][gte]={at}&filter[created_at][lte]={at}")).List);
        foreach (string nothing in (string[])["filter[recording_id]=x", both + "&filter[created_at][gte]=2099-01-01T00:00:00Z",
                both + "&filter[created_at][lte]=2001-01-01T00:00:00Z"])
            Assert.Empty((await host.SendAsync("GET", $"{Path}?{nothing}")).List);
        foreach (string bad in (string[])["filter[created_at][gte]=soon", "filter[created_at]=2099-01-01", "filter[recording_id]=x,y"])
            Assert.Equal(400, (await host.SendAsync("GET", $"{Path}?{bad}")).Status);
    }

    [Fact]
    public async Task An_mp3_is_heard_as_well()
    {
        Assert.True(Mp3Encoder.TryCreate(8_000, 2, out var encoder, out string? problem), problem);
        using var _ = encoder;
        short[] left = Tone(440, 8_000), right = Tone(1_000, 8_000), both = new short[16_000];
        for (int i = 0; i < 8_000; i++) (both[2 * i], both[2 * i + 1]) = (left[i], right[i]);
        byte[] file = new byte[Mp3Encoder.MostBytes(16_000) * 2];
        int length = encoder.Encode(both, file);
        length += encoder.Finish(file.AsSpan(length));
        var (plan, _) = await SavedAsync(file[..length], RecordFormat.Mp3);
        Assert.Equal(RecordingTranscriptionState.Completed, (await OverAsync(plan)).State);
        var heard = await OpenedAsync(2);
        Assert.True(Waves.Share(heard[0].Heard, 440, 16_000) > 0.8);
        Assert.True(Waves.Share(heard[1].Heard, 1_000, 16_000) > 0.8);
    }

    [Fact, Depth("the gate has what a bucket refuses and answers nonsense to, and a recogniser that dies")]
    public async Task A_recogniser_that_refuses_is_asked_five_times_then_the_account_reads_why_and_no_webhook_comes()
    {
        int asked = 0;
        _recogniser = new()
        {
            Opening = _ =>
            {
                Interlocked.Increment(ref asked);
                throw new RecognitionException("it is shut");
            },
        };
        var (plan, leg) = await SavedAsync();
        var row = await OverAsync(plan);
        Assert.Equal((RecordingTranscriptionState.Failed, "it is shut", null, 5), (row.State, row.Detail, row.Text, asked));
        Assert.Equal("it is shut", Assert.Single(await ToldAsync(leg)).Failure);
        Assert.Equal("failed", (string)(await host.SendAsync("GET", $"/v2/recording_transcriptions/{row.Id}")).Data["status"]!);
    }

    [Theory]
    [InlineData("takes no audio")]
    [InlineData("never ends")]
    [InlineData("dies half-way")]
    public async Task One_that_hangs_or_dies_is_given_up_in_its_time_and_the_next_try_may_do(string how)
    {
        var bad = _recogniser = new()
        {
            KeepsOpen = true,
            Made = one =>
            {
                if (how is "dies half-way") one.End(new RecognitionException("it died"));
                else if (how is "takes no audio") one.Room = static stop => new(Task.Delay(Timeout.Infinite, stop));
            },
        };
        var (plan, _) = await SavedAsync();
        foreach (int opened in new[] { 2, 4 })      // one for each channel, at each try
        {
            await OpenedAsync(opened);
            await Eventually.TrueAsync(() =>
            {
                _ears.Advance(Patience);
                return bad.Opened.Count == opened && bad.Opened.All(one => one.IsDisposed);
            }, "it is given up");
        }
        Assert.Equal(RecordingTranscriptionState.InProgress, (await RowAsync(plan))!.State);
        _recogniser = new();
        Assert.Equal(RecordingTranscriptionState.Completed, (await OverAsync(plan)).State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("RIFF....WAVEfmt and then nothing of the kind")]
    [InlineData("words that are no audio at all, but long enough to be a head")]
    public async Task A_file_that_is_no_recording_is_given_up_at_once(string content)
    {
        var (plan, _) = await SavedAsync(System.Text.Encoding.ASCII.GetBytes(content));
        var row = await OverAsync(plan);
        Assert.Equal(RecordingTranscriptionState.Failed, row.State);
        Assert.StartsWith("the recording's file", row.Detail, StringComparison.Ordinal);
        Assert.Empty(_recogniser.Opened);
    }

    [Fact]
    public async Task A_node_that_stops_half_way_leaves_it_to_the_next_and_it_is_told_once()
    {
        _recogniser = new() { KeepsOpen = true };
        var (plan, leg) = await SavedAsync();
        await OpenedAsync(2);
        await _runner.DisposeAsync();
        Assert.Equal(RecordingTranscriptionState.InProgress, (await RowAsync(plan))!.State);
        Assert.All(_recogniser.Opened, one => Assert.True(one.IsDisposed));

        _recogniser = new();
        Begin();
        Assert.Equal(RecordingTranscriptionState.Completed, (await OverAsync(plan)).State);
        Assert.Single(await ToldAsync(leg));
        Assert.False(await host.Ledger.AppendAsync(
            new CallEvent.RecordingTranscribed(plan.Id, (await RowAsync(plan))!.Id, "again", null) { Leg = leg, At = host.Now }));
    }

    [Fact]
    public async Task Accounts_below_one_together_leave_a_place_to_others()
    {
        _recogniser = new() { KeepsOpen = true };
        var family = new List<(RecordPlan Plan, TenantId Account)>();
        for (int i = 0; i < 4; i++)
        {
            var child = Assert.IsType<ChildMade.Done>(await host.Store.ChildTenants.CreateAsync(host.Tenant,
                new($"Heard {i}", Email: null, HasOwnPrices: false, IsPaidAbove: true), static (_, _) => [], Stop)).Child;
            var (plan, _) = await SavedAsync(leg: await LegOfAsync(child.Id, child.Keys!.Key));
            family.Add((plan, child.Id));
        }
        await OpenedAsync(6);
        var (others, _) = await SavedAsync(leg: await LegOfAsync(host.Stranger, TelnyxHost.OtherTenantKey));
        var heard = await OpenedAsync(8);
        // Whoever begins now is heard to no end: it is one of the family.
        _recogniser = new() { KeepsOpen = true };
        await EndAsync(heard);
        Assert.Equal(RecordingTranscriptionState.Completed, (await OverAsync(others, host.Stranger)).State);
        await EndAsync(await OpenedAsync(2));
        foreach (var (plan, account) in family) await OverAsync(plan, account);
    }

    [Fact]
    public async Task What_is_to_be_brought_away_is_listened_to_first()
    {
        await using var bucket = await BucketServer.StartAsync();
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        using var uploads = new RecordingUploads(host.Store, host.Ledger, egress, NullLogger.Instance);
        await using var bringing = new JobRunner(host.Store.Jobs, host.Blobs, [uploads.Kind],
            RecordingUploads.Options with { Lease = TimeSpan.FromDays(1) }, host.Time, NullLogger.Instance);
        bringing.Start();
        _recogniser = new() { KeepsOpen = true };
        var (plan, _) = await SavedAsync(before: async leg => Assert.True(await host.Store.ConnectionBuckets.AddAsync(host.Tenant,
            leg.Connection, new() { Endpoint = bucket.Url, Region = "us-east-1", Name = "calls", AccessKey = "AKIDEXAMPLE", Secret = "s" },
            null, Stop)));
        var heard = await OpenedAsync(2);
        for (int i = 0; i < 20; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10, Stop);
        }
        Assert.Empty(bucket.Seen);
        Assert.NotNull(await host.Blobs.FindAsync(KeyOf(plan), Stop));
        _recogniser = new();
        foreach (var one in heard) one.End();
        await OverAsync(plan);
        await Eventually.SomeAsync<object>(async () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(2));
            return await host.Blobs.FindAsync(KeyOf(plan), Stop) is null ? this : null;
        }, "it is brought");
        Assert.Single(bucket.Objects);
    }

    [Fact]
    public async Task One_that_is_deleted_meanwhile_is_told_by_nobody()
    {
        _recogniser = new() { KeepsOpen = true };
        var (plan, leg) = await SavedAsync();
        var heard = await OpenedAsync(2);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/recording_transcriptions/{(await RowAsync(plan))!.Id}")).Status);
        _recogniser = new();
        foreach (var one in heard) one.End();
        var (other, _) = await SavedAsync();
        await OverAsync(other);
        Assert.Empty(await ToldAsync(leg));
    }
}
