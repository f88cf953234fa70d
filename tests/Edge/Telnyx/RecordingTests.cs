using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Recording over real HTTP: the commands, what can be fetched, and the links.</summary>
public sealed class RecordingTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static uint _legs = 5_000;

    private string Token => host.Ids.CallControl(host.Tenant, Samples.Leg);

    private Task<Answer> CommandAsync(string action, string body) => host.SendAsync("POST", $"/v2/calls/{Token}/actions/{action}", body);

    private async Task<T> AcceptsAsync<T>(string action, string body) where T : LegCommand
    {
        var answer = await CommandAsync(action, body);
        Assert.True(answer.Status == 200, answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }

    [Fact]
    public async Task Record_start_becomes_a_plan()
    {
        var plan = (await AcceptsAsync<LegCommand.RecordStart>("record_start", """
            {"format":"wav","channels":"dual","max_length":60,"timeout_secs":5,"play_beep":true,"trim":"trim-silence","recording_track":"inbound","custom_file_name":"order 17"}
            """)).Plan;
        Assert.Equal(new()
        {
            Id = plan.Id, Format = RecordFormat.Wav, IsDual = true, MaximumLength = TimeSpan.FromMinutes(1),
            SilenceLimit = TimeSpan.FromSeconds(5), Beeps = true, TrimsSilence = true, Track = RecordTrack.Inbound, FileName = "order 17",
        }, plan);
        Assert.Equal(1, plan.Channels);
        plan = (await AcceptsAsync<LegCommand.RecordStart>("record_start", """{"format":"mp3","channels":"single"}""")).Plan;
        Assert.Equal(new() { Id = plan.Id, Format = RecordFormat.Mp3 }, plan);
    }

    [Theory]
    [InlineData("""{"channels":"single"}""", "10004", "/format")]
    [InlineData("""{"format":"wav"}""", "10004", "/channels")]
    [InlineData("""{"format":"ogg","channels":"single"}""", "90000", "/format")]
    [InlineData("""{"format":"wav","channels":"triple"}""", "90001", "/channels")]
    [InlineData("""{"format":"wav","channels":"dual","max_length":14401}""", "10033", "/max_length")]
    [InlineData("""{"format":"wav","channels":"dual","max_length":-1}""", "10033", "/max_length")]
    [InlineData("""{"format":"wav","channels":"dual","timeout_secs":-1}""", "90049", "/timeout_secs")]
    [InlineData("""{"format":"wav","channels":"dual","recording_track":"left"}""", "90059", "/recording_track")]
    [InlineData("""{"format":"wav","channels":"dual","trim":"everything"}""", "10032", "/trim")]
    [InlineData("""{"format":"wav","channels":"dual","custom_file_name":""}""", "10025", "/custom_file_name")]
    [InlineData("""{"format":"wav","channels":"dual","custom_file_name":"12345678901234567890123456789012345678901"}""",
        "10025", "/custom_file_name")]
    [InlineData("""{"format":"wav","channels":"dual","custom_file_name":"../../etc/passwd"}""", "10015", "/custom_file_name")]
    [InlineData("""{"format":"wav","channels":"dual","transcription":true,"transcription_profanity_filter":true}""",
        "10015", "/transcription_profanity_filter")]
    public async Task Bad_parameters_are_refused(string body, string code, string pointer)
    {
        int before = host.Calls.Commands.Count;
        (await CommandAsync("record_start", body)).Refuses(422, code, pointer);
        Assert.Equal(before, host.Calls.Commands.Count);
    }

    [Theory]
    [InlineData("""{"format":"wav","channels":"dual","max_length":0,"timeout_secs":0}""")]
    [InlineData("""{"format":"wav","channels":"dual","max_length":14400,"timeout_secs":14400}""")]
    [InlineData("""{"format":"wav","channels":"dual","custom_file_name":"1234567890123456789012345678901234567890"}""")]
    public async Task Parameters_at_their_limits_are_taken(string body) => await AcceptsAsync<LegCommand.RecordStart>("record_start", body);

    [Fact]
    public async Task Pause_resume_and_stop_mean_one_recording_or_all()
    {
        var id = Guid.NewGuid();
        Assert.Equal(id, (await AcceptsAsync<LegCommand.RecordPause>("record_pause", $$"""{"recording_id":"{{id}}"}""")).Recording);
        Assert.Null((await AcceptsAsync<LegCommand.RecordResume>("record_resume", "{}")).Recording);
        Assert.Equal("aGV5",
            (await AcceptsAsync<LegCommand.RecordStop>("record_stop", """{"client_state":"aGV5"}""")).Labels!["telnyx.client_state"]);
        (await CommandAsync("record_stop", """{"recording_id":"42"}""")).Refuses(422, "10006", "/recording_id");
    }

    [Fact]
    public async Task A_call_that_is_not_recorded_is_said_to_be_so()
    {
        host.Calls.Answer = Refusal.NotRecording;
        (await CommandAsync("record_pause", "{}")).Refuses(422, "10015", "/recording_id");
    }

    [Fact]
    public async Task Without_its_library_mp3_is_refused_by_name()
    {
        host.Files.HasMp3 = false;
        var refused = await CommandAsync("record_start", """{"format":"mp3","channels":"single"}""");
        refused.Refuses(422, "90000", "/format");
        Assert.Contains("libmp3lame", (string?)refused.Error["detail"]);
        (await CommandAsync("answer", """{"record":"record-from-answer"}""")).Refuses(422, "90000", "/record_format");
        await AcceptsAsync<LegCommand.Answer>("answer", """{"record":"record-from-answer","record_format":"wav"}""");
        host.Files.HasMp3 = true;
    }

    [Fact]
    public async Task An_answer_with_record_says_which_recording_it_is()
    {
        var answer = await CommandAsync("answer",
            """{"record":"record-from-answer","record_max_length":9,"record_timeout_secs":3,"record_track":"outbound","record_trim":"trim-silence","record_custom_file_name":"x"}""");
        var plan = Assert.IsType<LegCommand.Answer>(host.Calls.Last).Record!;
        Assert.Equal(plan.Id.ToString(), (string?)answer.Data["recording_id"]);
        Assert.Equal(new()
        {
            Id = plan.Id, Format = RecordFormat.Mp3, IsDual = true, MaximumLength = TimeSpan.FromSeconds(9),
            SilenceLimit = TimeSpan.FromSeconds(3), Track = RecordTrack.Outbound, TrimsSilence = true, FileName = "x",
        }, plan);
    }

    [Fact]
    public async Task A_repeated_answer_names_the_same_recording()
    {
        string application = await host.ApplicationAsync($"repeat-{Guid.NewGuid():N}");
        var known = Guid.NewGuid();
        var (_, token) = await host.LegAsync(application, ++_legs, Labels.Of(("telnyx.recording_id", known.ToString())));
        var answer = await host.SendAsync("POST", $"/v2/calls/{token}/actions/answer",
            """{"record":"record-from-answer","command_id":"once"}""");
        Assert.Equal(known.ToString(), (string?)answer.Data["recording_id"]);
    }

    [Fact]
    public async Task A_dial_with_record_says_which_recording_it_is()
    {
        string application = await host.ApplicationAsync($"dial-{Guid.NewGuid():N}");
        var answer = await host.SendAsync("POST", "/v2/calls",
            $$"""{"connection_id":"{{application}}","to":"+15550001234","from":"+15550100001","record":"record-from-answer","record_channels":"single","record_format":"wav"}""");
        Assert.True(answer.Status == 200, answer.Text);
        var plan = host.Calls.Dials[^1].Record!;
        Assert.Equal((RecordFormat.Wav, false), (plan.Format, plan.IsDual));
        Assert.Equal(plan.Id.ToString(), (string?)answer.Data["recording_id"]);
    }

    [Fact]
    public async Task A_bridge_may_be_recorded() =>
        Assert.NotNull((await AcceptsAsync<LegCommand.Bridge>("bridge",
            $$"""{"call_control_id":"{{Token}}","record":"record-from-answer"}""")).Record);

    [Fact]
    public async Task What_is_saved_is_listed_read_fetched_and_deleted()
    {
        var (facts, plan, content) = await SavedAsync();
        var listed = Assert.Single((await host.SendAsync("GET", $"/v2/recordings?filter[call_leg_id]={facts.Uuid}")).List)!.AsObject();
        var read = (await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Data;
        Assert.Equal(listed.Select(p => p.Key), read.Select(p => p.Key));
        Assert.Equal((plan.Id.ToString(), "dual", "completed", "call", 2_500), ((string?)read["id"], (string?)read["channels"],
            (string?)read["status"], (string?)read["source"], (int?)read["duration_millis"]));
        Assert.Equal(host.Ids.CallControl(host.Tenant, facts.Id), (string?)read["call_control_id"]);
        Assert.Equal((facts.From, facts.To, facts.Connection.ToString()),
            ((string?)read["from"], (string?)read["to"], (string?)read["connection_id"]));

        string link = (string)read["download_urls"]!["wav"]!;
        using (var fetched = await host.FetchAsync(link))
        {
            Assert.Equal(HttpStatusCode.OK, fetched.StatusCode);
            Assert.Equal("audio/wav", fetched.Content.Headers.ContentType!.MediaType);
            Assert.StartsWith($"{facts.Uuid}-", fetched.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
            Assert.Equal(content, await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}")).Status);
        (await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}")).Refuses(404, "10005");
        using var gone = await host.FetchAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Null(await host.Blobs.FindAsync(KeyOf(plan), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_part_of_a_recording_can_be_fetched()
    {
        var (_, plan, content) = await SavedAsync();
        using var part = await host.FetchAsync(await LinkAsync(plan), new RangeHeaderValue(100, 199));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[100..200], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_link_lives_ten_minutes()
    {
        var (_, plan, _) = await SavedAsync();
        string link = await LinkAsync(plan);
        host.Time.Advance(TimeSpan.FromSeconds(599));
        using (var fetched = await host.FetchAsync(link)) Assert.Equal(HttpStatusCode.OK, fetched.StatusCode);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        using (var late = await host.FetchAsync(link)) Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        using var fresh = await host.FetchAsync(await LinkAsync(plan));
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task A_link_with_a_changed_byte_is_worth_nothing()
    {
        var (_, plan, _) = await SavedAsync();
        var (_, other, _) = await SavedAsync();
        string link = await LinkAsync(plan);
        long expires = long.Parse(link.Split("expires=")[1].Split('&')[0]);
        string[] forged =
        [
            link.Replace(plan.Id.ToString(), other.Id.ToString()),
            link.Replace(host.Tenant.ToString(), host.Stranger.ToString()),
            link.Replace($"expires={expires}", $"expires={expires + 1}"),
            link.Replace(".wav?", ".mp3?"),
            link[..^1] + (link[^1] == 'A' ? 'B' : 'A'),
            link.Split("&signature")[0],
            link.Split('?')[0],
            link.Replace($"expires={expires}", "expires=never"),
        ];
        foreach (string bad in forged)
        {
            using var answer = await host.FetchAsync(bad);
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden, $"{answer.StatusCode} {bad}");
        }
    }

    [Fact]
    public async Task Another_accounts_recordings_are_not_there()
    {
        var (_, plan, _) = await SavedAsync();
        (await host.SendAsync("GET", $"/v2/recordings/{plan.Id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/recordings/{plan.Id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", "/v2/recordings", key: TelnyxHost.OtherTenantKey)).List);
        await host.SendAsync("POST", "/v2/recordings/actions/delete", $$"""{"ids":["{{plan.Id}}"]}""", TelnyxHost.OtherTenantKey);
        Assert.Equal(200, (await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Status);
    }

    [Fact, Failure("recordings-disk-still")]
    public async Task What_is_missing_in_one_is_named_and_nothing_is_named_where_nothing_is_missing()
    {
        var (facts, whole, _) = await SavedAsync();
        var plan = await SavedAsync(facts, new RecordGap(TimeSpan.FromSeconds(21.36), TimeSpan.FromSeconds(9.84)),
            new RecordGap(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2)));
        Assert.Equal("""[{"start_millis":21360,"duration_millis":9840},{"start_millis":60000,"duration_millis":2000}]""",
            (await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Data["gaps"]?.ToJsonString());
        Assert.False((await host.SendAsync("GET", $"/v2/recordings/{whole.Id}")).Data.ContainsKey("gaps"));
    }

    [Fact]
    public async Task Several_are_deleted_at_once()
    {
        var (_, first, _) = await SavedAsync();
        var (_, second, _) = await SavedAsync();
        Assert.Equal(204, (await host.SendAsync("POST", "/v2/recordings/actions/delete",
            $$"""{"ids":["{{first.Id}}","{{second.Id}}","{{Guid.NewGuid()}}"]}""")).Status);
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/recordings/{first.Id}")).Status);
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/recordings/{second.Id}")).Status);
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged()
    {
        var (facts, first, _) = await SavedAsync();
        var second = await SavedAsync(facts);
        string session = $"filter[call_session_id]={facts.Session}";
        var all = await host.SendAsync("GET", $"/v2/recordings?{session}");
        Assert.Equal([second.Id.ToString(), first.Id.ToString()], all.List.Select(r => (string?)r!["id"]));
        var page = await host.SendAsync("GET", $"/v2/recordings?{session}&page[size]=1&page[number]=2");
        Assert.Equal((first.Id.ToString(), 2, 2),
            ((string?)page.List[0]!["id"], (int?)page.Body["meta"]!["total_results"], (int?)page.Body["meta"]!["total_pages"]));
        Assert.Equal(2, (await host.SendAsync("GET",
            $"/v2/recordings?{session}&filter[connection_id]={facts.Connection}&filter[from]={Uri.EscapeDataString(facts.From)}"))
            .List.Count);
        // Without its plus, and as it is typed.
        foreach (string number in (string[])["13125550100", "%2B1 (312) 555-0100"])
            Assert.Equal(2, (await host.SendAsync("GET", $"/v2/recordings?{session}&filter[from]={number}")).List.Count);
        string begin = Uri.EscapeDataString((string)page.List[0]!["recording_started_at"]!);
        foreach (string ofFirst in (string[])["start_time", "end_time"])
        {
            var early = await host.SendAsync("GET", $"/v2/recordings?{session}&filter[{ofFirst}][lte]={begin}");
            Assert.Equal(first.Id.ToString(), (string?)Assert.Single(early.List)!["id"]);
            Assert.Equal(2, (await host.SendAsync("GET", $"/v2/recordings?{session}&filter[{ofFirst}][gte]={begin}")).List.Count);
            (await host.SendAsync("GET", $"/v2/recordings?filter[{ofFirst}]={begin}")).Refuses(400, "10031");
        }
        string call = host.Ids.CallControl(host.Tenant, facts.Id);
        Assert.Equal(2, (await host.SendAsync("GET", $"/v2/recordings?filter[call_control_id]={call}")).List.Count);
        Assert.Empty((await host.SendAsync("GET", $"/v2/recordings?filter[call_control_id]={call}", key: TelnyxHost.OtherTenantKey)).List);
        (await host.SendAsync("GET", $"/v2/recordings?filter[call_control_id]={call},{call}")).Refuses(400, "10031");
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.LegEnded
        {
            Leg = facts, At = host.Now, Cause = HangupCause.RemoteHangup, By = HangupParty.Remote, SipCallId = $"{facts.Uuid}@far.example",
        }));
        string dialog = $"filter[sip_call_id]={facts.Uuid}%40far.example";
        Assert.Equal(2, (await host.SendAsync("GET", $"/v2/recordings?{dialog}")).List.Count);
        Assert.Empty((await host.SendAsync("GET", $"/v2/recordings?{dialog}", key: TelnyxHost.OtherTenantKey)).List);
        (await host.SendAsync("GET", $"/v2/recordings?{dialog},b")).Refuses(400, "10031");
        foreach (string nothing in (string[])["filter[conference_id]=x", "filter[connection_id]=abc", "filter[call_control_id]=v3:nobodys",
                "filter[sip_call_id]=nobodys",
                $"filter[call_leg_id]={Guid.NewGuid()}", "filter[created_at][gte]=2099-01-01T00:00:00Z"])
            Assert.Empty((await host.SendAsync("GET", $"/v2/recordings?{session}&{nothing}")).List);
        (await host.SendAsync("GET", "/v2/recordings?filter[created_at][lte]=yesterdayish")).Refuses(400, "10031");
        (await host.SendAsync("GET", "/v2/recordings?filter[colour]=red")).Refuses(400, "10031");
    }

    private BlobKey KeyOf(RecordPlan plan) => BlobKey.OfRecording(host.Tenant, plan.Id, plan.Format);

    private static string BlobOf(RecordPlan plan) => $"recordings/{plan.Id.ToString("N")[..2]}/{plan.Id}.wav";

    private async Task<string> LinkAsync(RecordPlan plan) =>
        (string)(await host.SendAsync("GET", $"/v2/recordings/{plan.Id}")).Data["download_urls"]!["wav"]!;

    private async Task<(LegFacts Facts, RecordPlan Plan, byte[] Content)> SavedAsync()
    {
        string application = await host.ApplicationAsync($"recorded-{Guid.NewGuid():N}");
        var (facts, _) = await host.LegAsync(application, Interlocked.Increment(ref _legs));
        var plan = await SavedAsync(facts);
        return (facts, plan, Content);
    }

    private static readonly byte[] Content = [.. Enumerable.Range(0, 1_000).Select(i => (byte)i)];

    private async Task<RecordPlan> SavedAsync(LegFacts facts, params RecordGap[] gaps)
    {
        var plan = new RecordPlan { Id = Guid.NewGuid(), IsDual = true };
        host.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = facts, At = host.Now }));
        string file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, Content, TestContext.Current.CancellationToken);
        await host.Blobs.TakeAsync(KeyOf(plan), file, TestContext.Current.CancellationToken);
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.RecordingSaved
        {
            Leg = facts, At = host.Now, Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = host.Now, EndedAt = host.Now,
            Length = TimeSpan.FromSeconds(2.5), Bytes = Content.Length, Blob = BlobOf(plan), Gaps = gaps,
        }));
        return plan;
    }
}
