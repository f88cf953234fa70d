using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>What runs do, with a call and without.</summary>
public sealed class FlowRunTests : IAsyncLifetime
{
    private readonly FlowRig _rig = new();

    private const string One = "00000000-0000-4000-8000-000000000001", Two = "00000000-0000-4000-8000-000000000002";

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private static string Talk(string text, string? id = null) =>
        $$$"""{"type":"talk",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"option":{"text":"{{{text}}}"}}""";

    [Fact]
    public async Task Behind_the_last_action_the_call_is_hung_up_for_a_normal_reason()
    {
        var far = await _rig.CallAsync($"[{Talk("one")},{Talk("two")}]");
        Assert.Equal(["one", "two"], far.Said);
        Assert.Equal("normal", far.Reason);
        var last = _rig.Records.Rows.Last();
        Assert.Equal((FlowRunState.Ended, FlowOutcome.Finished), (last.State, last.Outcome));
        Assert.Equal(["talk", "talk"], last.Facts["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!));
    }

    [Fact]
    public async Task A_step_that_cannot_be_written_ends_nothing_and_is_written_with_the_next()
    {
        _rig.Records.Away = 1;
        var far = await _rig.CallAsync($"[{Talk("one")},{Talk("two")}]");
        Assert.Equal(["one", "two"], far.Said);
        Assert.Equal("normal", far.Reason);
        var last = _rig.Records.Rows.Last();
        Assert.Equal((FlowRunState.Ended, FlowOutcome.Finished), (last.State, last.Outcome));
        Assert.Equal(["talk", "talk"], last.Facts["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!));
    }

    [Fact]
    public async Task An_end_that_cannot_be_written_is_written_later()
    {
        _rig.Records.Away = 2;
        await _rig.CallAsync("[]");
        await Ringwright.Testing.Eventually.TrueAsync(() => _rig.Records.Rows.Last() is { State: FlowRunState.Ended }, "its row says so");
        Assert.Equal(2, _rig.Records.Rows.Count);
    }

    [Fact]
    public async Task No_actions_are_the_end_at_once()
    {
        var far = await _rig.CallAsync("[]");
        Assert.Equal("normal", far.Reason);
        Assert.Equal(["SetLabels", "Hangup"], far.Commands.Select(command => command.GetType().Name));
    }

    [Fact]
    public async Task A_voice_is_a_mans_where_none_is_named_and_files_stand_under_either_name()
    {
        var far = await _rig.CallAsync("""
            [{"type":"talk","option":{"text":"one","gender":"male"}},{"type":"talk","option":{"text":"two","gender":"neutral"}},
             {"type":"talk","option":{"text":"three","gender":"male","voice_id":"Joanna"}},
             {"type":"play","option":{"stream_url":["http://files.example/a.wav"]}}]
            """);
        Assert.Equal(["male", "", "Joanna"], far.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Voice));
        Assert.Equal<PromptSource>(new PromptSource.Url("http://files.example/a.wav"),
            Assert.Single(far.Commands.OfType<LegCommand.Play>()).Source);
        Assert.Empty(far.Warnings);
    }

    [Theory]
    [InlineData("""{"format":"ogg"}""", RecordFormat.Ogg), InlineData("""{"format":"mp3"}""", RecordFormat.Mp3)]
    [InlineData("{}", RecordFormat.Wav)]
    public async Task A_call_is_recorded_in_the_format_that_is_asked_for(string option, RecordFormat format)
    {
        var far = await _rig.CallAsync($$"""[{"type":"recording_start","option":{{option}} },{{Talk("one")}}]""");
        Assert.Equal(format, far.Commands.OfType<LegCommand.RecordStart>().Single().Plan.Format);
        Assert.Empty(far.Warnings);
    }

    [Theory, InlineData("ogg"), InlineData("mp3")]
    public async Task A_call_is_not_recorded_in_a_format_whose_library_is_missing(string format)
    {
        _rig.Parts.MissingFor = asked => asked is RecordFormat.Wav ? null : $"{asked} needs a library.";
        string start = $$"""{"type":"recording_start","option":{"format":"{{format}}"} }""";
        var saved = Ringwright.Voipbin.Flows.Check(FlowRig.Read($"[{start}]"), "actions", isNamed: true, _rig.Parts);
        Assert.Contains("'recording_start' cannot be done: ", saved?.Detail, StringComparison.Ordinal);
        // One that was saved before.
        var far = await _rig.CallAsync($"[{start},{Talk("one")}]");
        Assert.Empty(far.Commands.OfType<LegCommand.RecordStart>());
        Assert.Contains("needs a library", Assert.Single(far.Warnings), StringComparison.Ordinal);
        Assert.Equal(["one"], far.Said);
        var wav = await _rig.CallAsync("""[{"type":"recording_start"}]""");
        Assert.Single(wav.Commands.OfType<LegCommand.RecordStart>());
    }

    [Theory]
    [InlineData("in", RecordTrack.Inbound, true), InlineData("out", RecordTrack.Outbound, true)]
    [InlineData("both", RecordTrack.Both, false), InlineData("", RecordTrack.Both, false)]
    [InlineData("${unknown}", RecordTrack.Both, true)]
    public async Task What_one_side_says_has_a_channel_where_it_is_written_down_and_is_known_behind_that(string side, RecordTrack track,
        bool isDual)
    {
        var next = Guid.NewGuid();
        _rig.Records.Spoken = "I want ten.";
        _rig.Records.Flows[(_rig.Tenant, next)] = new(next, FlowAction.ReadAll(FlowRig.Read("""
            [{"type":"webhook_send","option":{"uri":"http://example.com","data":"${voipbin.transcribe.text}"}}]
            """)), null);
        var far = await _rig.CallAsync($$$"""
            [{"type":"recording_start"},{"type":"recording_stop"},
             {"type":"transcribe_recording","option":{"direction":"{{{side}}}","language":"de-DE","on_end_flow_id":"{{{next}}}"}}]
            """);
        Assert.Equal(isDual, far.Commands.OfType<LegCommand.RecordStart>().Single().Plan.IsDual);
        Assert.Empty(far.Warnings);
        await Ringwright.Testing.Eventually.TrueAsync(() => !_rig.Web.Asked.IsEmpty, "the flow behind it has told");
        Assert.Equal("I want ten.", System.Text.Encoding.UTF8.GetString(_rig.Web.Asked.Single().Body!.Value.Span));
        var wanted = Assert.Single(_rig.Records.Transcribed);
        Assert.Equal(("de-DE", track), (wanted.Language, wanted.Track));
    }

    [Theory]
    [InlineData("busy", "busy"), InlineData("amd", "amd"), InlineData("no_answer", "noanswer")]
    public async Task A_reason_is_written_down_before_the_call_is_hung_up(string said, string kept)
    {
        var attempt = Guid.NewGuid();
        var far = await _rig.CallAsync($$$"""[{"type":"hangup","option":{"reason":"{{{said}}}"}},{{{Talk("never")}}}]""", attempt: attempt);
        Assert.Equal((kept, 0), (far.Reason, far.Said.Count));
        Assert.Equal([(attempt, kept)], _rig.Records.Asked);
        Assert.Equal(attempt, _rig.Records.Rows.First().Id);
    }

    [Fact]
    public async Task A_normal_end_asks_for_nothing()
    {
        await _rig.CallAsync("""[{"type":"hangup"}]""", attempt: Guid.NewGuid());
        Assert.Empty(_rig.Records.Asked);
    }

    [Fact]
    public async Task What_cannot_be_heard_is_passed_over()
    {
        var far = await _rig.CallAsync($$$"""
            [{"type":"external_media_start","option":{"external_host":"127.0.0.1:4000"}},{"type":"talk","option":{"text":"${nothing}"}},
             {{{Talk("still here")}}}]
            """);
        Assert.Equal(["still here"], far.Said);
        Assert.Equal("normal", far.Reason);
        Assert.Contains(far.Warnings, warning => warning.Contains("external_media_start: it was refused", StringComparison.Ordinal));
        Assert.Contains(far.Warnings, warning => warning.Contains("talk needs text", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"type":"goto","option":{"target_id":"00000000-0000-4000-8000-00000000dead","loop_count":1}}""")]
    [InlineData("""{"type":"fetch_flow","option":{"flow_id":"00000000-0000-4000-8000-00000000dead"}}""")]
    [InlineData("""{"type":"branch","option":{"default_target_id":"00000000-0000-4000-8000-00000000dead"}}""")]
    [InlineData("""{"type":"connect","option":{"destinations":[{"type":"line","target":"x"}]}}""")]
    public async Task What_it_cannot_go_on_without_ends_it_and_the_call(string action)
    {
        var far = await _rig.CallAsync($"[{action},{Talk("never")}]");
        Assert.Empty(far.Said);
        Assert.Equal("normal", far.Reason);
        Assert.Single(far.Warnings, warning => warning.StartsWith("the flow ends: ", StringComparison.Ordinal));
        Assert.Equal(FlowOutcome.Failed, _rig.Records.Rows.Last().Outcome);
    }

    [Fact]
    public async Task An_agent_is_looked_for_by_his_id_in_capitals_too()
    {
        var sought = new List<string?>();
        _rig.Parts.Resolve = (_, address, _) =>
        {
            sought.Add((string?)address["target"]);
            return new((IReadOnlyList<string>?)null);
        };
        await _rig.CallAsync("""
            [{"type":"connect","option":{"destinations":[{"type":"agent","target":"6B1F3C1E-0000-4000-8000-00000000ABCD"}]}}]
            """);
        Assert.Equal(["6b1f3c1e-0000-4000-8000-00000000abcd"], sought);
    }

    [Fact]
    public async Task Keys_choose_where_it_goes_on()
    {
        string flow = $$$"""
            [{"type":"digits_receive","option":{"length":1,"duration":5000}},
             {"type":"branch","option":{"target_ids":{"1":"{{{One}}}","2":"{{{Two}}}"} } },
             {{{Talk("neither")}}},{"type":"stop"},{{{Talk("first", One)}}},{"type":"stop"},{{{Talk("second", Two)}}}]
            """;
        Assert.Equal(["first"], (await _rig.CallAsync(flow, presses: "1")).Said);
        Assert.Equal(["second"], (await _rig.CallAsync(flow, presses: "2")).Said);
        Assert.Equal(["neither"], (await _rig.CallAsync(flow)).Said);
    }

    [Fact]
    public async Task The_key_that_ends_the_entry_is_part_of_it_and_a_branch_forgets_it()
    {
        var far = await _rig.CallAsync($$$"""
            [{"type":"digits_receive","option":{"key":"#*"}},{{{Talk("${voipbin.call.digits}")}}},
             {"type":"branch","option":{"target_ids":{} }},{{{Talk("<${voipbin.call.digits}>")}}}]
            """, presses: "12#");
        Assert.Equal(["12#", "<>"], far.Said);
    }

    [Fact]
    public async Task Only_the_last_key_of_what_is_said_is_kept_and_one_may_end_it()
    {
        // It is pressed while something is said that never ends.
        var far = await _rig.CallAsync($$$"""
            [{"type":"talk","option":{"text":"for ever","digits_handle":"next"}},{{{Talk("${voipbin.call.digits}")}}}]
            """, command => command is LegCommand.Speak { Speech.Text: "for ever" }
                ? [leg => new CallEvent.DigitReceived('7', 100) { Leg = leg, At = Script.At(3) }] : FarEnd.Usual(command));
        Assert.Equal(["for ever", "7"], far.Said);
        Assert.Single(far.Commands.OfType<LegCommand.StopPlayback>());
    }

    [Fact]
    public async Task A_machine_is_hung_up_as_one_and_a_person_is_not()
    {
        const string flow = """[{"type":"amd","option":{"machine_handle":"hangup"}},{"type":"talk","option":{"text":"${voipbin.call.amd.status}"}}]""";
        Assert.Equal(["human"], (await _rig.CallAsync(flow)).Said);
        var machine = await _rig.CallAsync(flow, Machine);
        Assert.Equal((0, "amd"), (machine.Said.Count, machine.Reason));
        Assert.Equal(["machine"], (await _rig.CallAsync(flow.Replace("hangup", "continue", StringComparison.Ordinal), Machine)).Said);

        static IEnumerable<Func<LegFacts, SubjectEvent>> Machine(LegCommand command) => command is LegCommand.DetectMachine
            ? [leg => new CallEvent.MachineDetected(MachineVerdict.Machine) { Leg = leg, At = Script.At(3) }] : FarEnd.Usual(command);
    }

    [Fact]
    public async Task A_machine_that_is_found_later_ends_what_runs()
    {
        var far = await _rig.CallAsync("""
            [{"type":"amd","option":{"machine_handle":"hangup","async":true}},{"type":"talk","option":{"text":"for ever"}}]
            """, command => command is LegCommand.Speak
                ? [leg => new CallEvent.MachineDetected(MachineVerdict.Machine) { Leg = leg, At = Script.At(3) }] : []);
        Assert.Equal("amd", far.Reason);
        Assert.True(Assert.Single(far.Commands.OfType<LegCommand.DetectMachine>()).KeepsSounds);
    }

    [Fact]
    public async Task A_machine_that_is_found_when_the_call_was_handed_on_ends_nothing_and_is_no_outcome()
    {
        var attempt = Guid.NewGuid();
        var far = await _rig.CallAsync($$$"""
            [{"type":"amd","option":{"machine_handle":"hangup","async":true}},{"type":"talk","option":{"text":"one moment"}},
             {{{Talk("${voipbin.call.amd.status}")}}}]
            """, command => command is LegCommand.Speak { Id: { } id }
            ?
            [
                leg => new CallEvent.LegBridged(leg.Id) { Leg = leg, At = Script.At(3) },
                leg => new CallEvent.MachineDetected(MachineVerdict.Machine) { Leg = leg, At = Script.At(3) },
                leg => new CallEvent.SpeakEnded(id, PlayStatus.Completed) { Leg = leg, At = Script.At(3) },
            ] : [], attempt);
        Assert.Equal(["one moment", "machine"], far.Said);
        Assert.Equal("normal", far.Reason);
        Assert.Empty(_rig.Records.Asked);
    }

    [Fact]
    public async Task Whoever_hangs_up_ends_the_run()
    {
        var hungUp = await _rig.CallAsync($"[{Talk("one")},{Talk("never")}]", command => command is LegCommand.Speak
            ? [leg => new CallEvent.LegEnded { Leg = leg, At = Script.At(9), Cause = HangupCause.RemoteHangup, By = HangupParty.Remote }]
            : []);
        Assert.Equal(["one"], hungUp.Said);
        Assert.Null(hungUp.Reason);
        Assert.Equal(FlowOutcome.CallOver, _rig.Records.Rows.Last().Outcome);
    }

    [Fact]
    public async Task Data_of_the_target_and_of_the_campaign_are_said()
    {
        _rig.Records.Attempt = new([new("campaign.name", "debts")], [new("target.due", "42.00"), new("voipbin.call.id", "forged")]);
        var far = await _rig.CallAsync($"[{Talk("${voipbin.campaign.name}: ${target.due}")}]", attempt: Guid.NewGuid());
        Assert.Equal(["debts: 42.00"], far.Said);
        Assert.Contains(far.Warnings, warning => warning.Contains("'voipbin.call.id' is not kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_call_what_needs_one_is_passed_over()
    {
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync($$$"""
            [{{{Talk("nobody hears it")}}},{"type":"sleep","option":{"duration":3600000}},{"type":"hangup"},
             {"type":"webhook_send","option":{"uri":"http://hook.example/a","data":"${voipbin.activeflow.reference_type}"}}]
            """));
        Assert.Equal("http://hook.example/a", Assert.Single(_rig.Web.Asked).Url);
        Assert.Equal("api"u8, _rig.Web.Asked.First().Body!.Value.Span);
        Assert.Equal(["webhook_send"],
            _rig.Records.Rows.Last().Facts["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!));
    }

    [Fact]
    public async Task A_text_is_sent_to_each_destination_from_a_number_of_the_customers()
    {
        const string send = """
            [{"type":"message_send","option":{"source":{"type":"tel","target":"+15550100000"},"text":"Hello ${voipbin.activeflow.reference_type}",
              "destinations":[{"type":"tel","target":"+15550100001"},{"type":"tel","target":"+15550100000"}]}},
             {"type":"webhook_send","option":{"uri":"http://hook.example/a"}}]
            """;
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(send));
        Assert.Equal([("+15550100000", "+15550100001", "Hello api")], _rig.Records.Texts);       // not to itself
        Assert.Single(_rig.Web.Asked);
        // What cannot be sent at all ends the run.
        _rig.Records.NoTexts = "the balance does not pay for the text";
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync(send));
        Assert.Single(_rig.Web.Asked);
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync(
            """[{"type":"message_send","option":{"text":"x","destinations":[{"type":"tel","target":"+15550100001"}]}}]"""));
    }

    [Fact]
    public async Task Whom_the_gate_forbids_gets_no_text_and_the_others_do()
    {
        _rig.Parts.Gate = new ListGate("+15550100001");
        const string listed = """{"type":"tel","target":"+15550100001"}""", other = """{"type":"tel","target":"+15550100002"}""";
        Assert.Equal(FlowOutcome.Finished, await _rig.RunAsync(To($"{listed},{other}")));
        Assert.Equal([("+15550100000", "+15550100002", "Hello")], _rig.Records.Texts);
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync(To(listed)));
        Assert.Single(_rig.Records.Texts);

        static string To(string destinations) => $$$"""
            [{"type":"message_send","option":{"source":{"type":"tel","target":"+15550100000"},"text":"Hello",
              "destinations":[{{{destinations}}}]}}]
            """;
    }

    /// <summary>Lets nobody write to one number.</summary>
    private sealed class ListGate(string listed) : IDialGate
    {
        public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => new(attempt is MessageAttempt { To: var to } && to == listed
            ? new GateAnswer(Refusal.DoNotCall, "do_not_call", "The number is on a list.") : GateAnswer.Open);

        public ValueTask<GateAnswer> EnterAsync(CallAttempt call) => throw new NotSupportedException("Nobody is called.");
        public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => throw new NotSupportedException("Nobody is called.");
        public void Answered(LegId leg) { }
        public void Leave(LegId leg) { }
    }

    [Fact]
    public async Task An_answer_that_is_waited_for_is_read()
    {
        _rig.Web.Answer = _ => """{"name":"Ada","voipbin.call.id":"forged","number":5}""";
        await _rig.RunAsync("""
            [{"type":"webhook_send","option":{"uri":"http://hook.example/a","sync":true}},
             {"type":"webhook_send","option":{"uri":"http://hook.example/${name}${number}${voipbin.call.id}"}}]
            """);
        Assert.Equal("http://hook.example/Ada", _rig.Web.Asked.Last().Url);
    }

    [Theory]
    [InlineData("application/json", """{\"name\":\"${name}\"}""", """{"name":"Ada\",\"admin\":\"yes"}""")]
    [InlineData("text/plain", """{\"name\":\"${name}\"}""", """{"name":"Ada","admin":"yes"}""")]
    [InlineData("", "Of ${name}", "Of Ada\",\"admin\":\"yes")]
    public async Task What_a_variable_says_is_no_member_of_JSON_that_is_sent(string type, string data, string sent)
    {
        _rig.Web.Answer = _ => """{"name":"Ada\",\"admin\":\"yes"}""";
        await _rig.RunAsync($$$"""
            [{"type":"webhook_send","option":{"uri":"http://hook.example/a","sync":true}},
             {"type":"webhook_send","option":{"uri":"http://hook.example/b","data_type":"{{{type}}}","data":"{{{data}}}"}}]
            """);
        Assert.Equal(sent, System.Text.Encoding.UTF8.GetString(_rig.Web.Asked.Last().Body!.Value.Span));
    }

    [Theory]
    [InlineData("no JSON"), InlineData("{}"), InlineData("""[{"type":"no_such"}]"""), InlineData("""[{"type":"talk","option":{}}]""")]
    [InlineData("[5]"), InlineData(""), InlineData("""[{"type":5}]""")]
    [InlineData("""[{"type":"empty","type":"empty"}]"""), InlineData("""[{"type":"talk","option":{"text":"\ud800"}}]""")]
    [InlineData("""[{"type":"talk","option":{"text":"a\u0000"}}]""")]
    public async Task What_a_server_sends_in_place_of_actions_ends_the_run(string answer)
    {
        _rig.Web.Answer = _ => answer;
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync(
            """[{"type":"fetch","option":{"event_url":"http://hook.example/a"}},{"type":"webhook_send","option":{"uri":"http://hook.example/b"}}]"""));
        Assert.DoesNotContain(_rig.Web.Asked, asked => asked.Url.EndsWith("/b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_sends_itself_for_ever_comes_to_an_end()
    {
        _rig.Web.Answer = _ => """[{"type":"fetch","option":{"event_url":"http://hook.example/again"}},{"type":"empty"}]""";
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync("""[{"type":"fetch","option":{"event_url":"http://hook.example/again"}}]"""));
        Assert.Equal(100, _rig.Web.Asked.Count);
    }

    [Fact]
    public async Task Fetched_actions_come_before_those_behind()
    {
        _rig.Web.Answer = asked => asked.Url.EndsWith("/more", StringComparison.Ordinal)
            ? """[{"type":"webhook_send","option":{"uri":"http://hook.example/1"}}]""" : "";
        var flow = Guid.NewGuid();
        _rig.Records.Flows[(_rig.Tenant, flow)] = new(flow, FlowAction.ReadAll(FlowRig.Read(
            """[{"type":"webhook_send","option":{"uri":"http://hook.example/2"}}]""")), null);
        await _rig.RunAsync($$$"""
            [{"type":"fetch","option":{"event_url":"http://hook.example/more"}},{"type":"fetch_flow","option":{"flow_id":"{{{flow}}}"}},
             {"type":"webhook_send","option":{"uri":"http://hook.example/3"}}]
            """);
        Assert.Equal(["more", "1", "2", "3"], _rig.Web.Asked.Select(asked => asked.Url.Split('/')[^1]));
    }

    [Fact]
    public async Task Another_accounts_flow_is_none()
    {
        var flow = Guid.NewGuid();
        _rig.Records.Flows[(new(Guid.NewGuid()), flow)] = new(flow, [], null);
        Assert.Equal(FlowOutcome.Failed, await _rig.RunAsync($$$"""[{"type":"fetch_flow","option":{"flow_id":"{{{flow}}}"}}]"""));
    }

    [Fact]
    public async Task A_flow_that_begins_itself_when_it_is_over_does_so_four_times()
    {
        var flow = Guid.NewGuid();
        _rig.Records.Flows[(_rig.Tenant, flow)] = new(flow, FlowAction.ReadAll(FlowRig.Read(
            """[{"type":"webhook_send","option":{"uri":"http://hook.example/${voipbin.activeflow.complete_count}"}}]""")), flow);
        await _rig.RunAsync("""[{"type":"empty"}]""", onComplete: flow);
        await Ringwright.Testing.Eventually.TrueAsync(() => _rig.Parts.Host.Count == 0 && _rig.Web.Asked.Count == 4, "four have run");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(["1", "2", "3", "4"], _rig.Web.Asked.Select(asked => asked.Url.Split('/')[^1]));
    }

    [Fact]
    public async Task A_comparison_that_does_not_hold_goes_elsewhere()
    {
        string Flow(string option) => $$$"""
            [{"type":"variable_set","option":{"key":"n","value":"10"}},
             {"type":"condition_variable","option":{ {{{option}}},"false_target_id":"{{{One}}}"} },
             {"type":"webhook_send","option":{"uri":"http://hook.example/yes"}},{"type":"stop"},
             {"type":"webhook_send","id":"{{{One}}}","option":{"uri":"http://hook.example/no"}}]
            """;
        foreach (var (option, expected) in new[]
            {
                (""" "variable":"${n}","condition":">","value_type":"number","value_number":"9" """, "yes"),
                (""" "variable":"n","condition":">=","value_type":"number","value_number":10 """, "yes"),
                (""" "variable":"n","condition":"<","value_type":"number","value_number":9.5 """, "no"),
                (""" "variable":"n","condition":">","value_type":"number" """, "yes"),
                (""" "variable":"n","condition":">","value_type":"number","value_number":"${n}x" """, "no"),
                (""" "variable":"n","condition":"==","value_string":"10" """, "yes"),
                (""" "variable":"${n}","condition":"==","value_type":"length","value_length":2 """, "yes"),
                (""" "variable":"many","condition":">","value_type":"number","value_number":"9" """, "no"),
                (""" "variable":"${n}","condition":"!=","value_string":"10" """, "no"),
            })
        {
            await _rig.RunAsync(Flow(option));
            Assert.True(_rig.Web.Asked.Last().Url.EndsWith(expected, StringComparison.Ordinal), option);
        }
    }

    [Fact]
    public async Task A_request_that_fails_is_told_and_the_next_action_comes()
    {
        _rig.Web.Failure = EgressFailure.TimedOut;
        var far = await _rig.CallAsync($$$"""[{"type":"webhook_send","option":{"uri":"http://hook.example/a","sync":true}},{{{Talk("on")}}}]""");
        Assert.Equal(["on"], far.Said);
        Assert.Contains(far.Warnings, warning => warning.StartsWith("webhook_send: it failed", StringComparison.Ordinal));
    }
}
