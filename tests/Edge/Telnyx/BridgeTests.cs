using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>Bridge and transfer as commands of the engine, and what of their bodies is refused.</summary>
public sealed class BridgeTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static readonly LegId Other = LegId.Compose(1, 0, 7, 99, 5);

    private string Path(string action) => $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}/actions/{action}";

    private string OtherId => host.Ids.CallControl(host.Tenant, Other);

    [Fact]
    public async Task A_bridge_names_the_other_leg()
    {
        var answer = await host.SendAsync("POST", Path("bridge"), $$"""{"call_control_id":"{{OtherId}}"}""");
        Assert.True(answer.Status == 200, answer.Text);
        var bridge = Assert.IsType<LegCommand.Bridge>(host.Calls.Commands[^1].Command);
        Assert.Equal((Other, false, DigitMute.None, null), (bridge.Peer, bridge.ParksAfterUnbridge, bridge.Mute, bridge.Ringback));
    }

    [Fact]
    public async Task Every_field_of_a_bridge_that_is_built_reaches_the_engine()
    {
        await host.SendAsync("POST", Path("bridge"),
            $$"""{"call_control_id":"{{OtherId}}","park_after_unbridge":"self","mute_dtmf":"opposite","play_ringtone":true,"ringtone":"uk","client_state":"aGV5","command_id":"b-1"}""");
        var bridge = Assert.IsType<LegCommand.Bridge>(host.Calls.Commands[^1].Command);
        Assert.Equal((true, DigitMute.Opposite, RingTone.Find("uk"), "b-1"),
            (bridge.ParksAfterUnbridge, bridge.Mute, bridge.Ringback, bridge.CommandId));
        Assert.Equal("aGV5", bridge.Labels?["telnyx.client_state"]);
    }

    [Theory, InlineData(""","prevent_double_bridge":true""", true), InlineData("", false)]
    public async Task A_bridge_may_leave_the_other_to_whom_he_talks_to(string field, bool leaves)
    {
        var answer = await host.SendAsync("POST", Path("bridge"), $$"""{"call_control_id":"{{OtherId}}"{{field}}}""");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(leaves, Assert.IsType<LegCommand.Bridge>(host.Calls.Last).LeavesBridged);
    }

    [Theory]
    [InlineData(""","queue":"sales" """, "10015", "/queue")]
    [InlineData(""","video_room_id":"6a09cdc3-8948-47f0-aa62-74ac943d6c58" """, "10015", "/video_room_id")]
    [InlineData(""","record":"record-from-answer","record_timeout_secs":-1""", "90049", "/record_timeout_secs")]
    [InlineData(""","park_after_unbridge":"both" """, "10015", "/park_after_unbridge")]
    [InlineData(""","mute_dtmf":"all" """, "10032", "/mute_dtmf")]
    [InlineData(""","ringtone":"xx" """, "10032", "/ringtone")]
    public async Task A_bridge_that_cannot_be_honoured_is_refused(string field, string code, string pointer) =>
        (await host.SendAsync("POST", Path("bridge"), $$"""{"call_control_id":"{{OtherId}}"{{field}}}""")).Refuses(422, code, pointer);

    [Fact]
    public async Task Of_a_call_and_a_queue_the_one_that_is_empty_is_not_meant()
    {
        var queued = await host.SendAsync("POST", Path("bridge"), """{"call_control_id":"","queue":"support"}""");
        Assert.True(queued.Status == 200, queued.Text);
        Assert.Equal("support", Assert.IsType<LegCommand.BridgeQueue>(host.Calls.Last).Queue);
        var bridged = await host.SendAsync("POST", Path("bridge"), $$"""{"call_control_id":"{{OtherId}}","queue":""}""");
        Assert.True(bridged.Status == 200, bridged.Text);
        Assert.Equal(Other, Assert.IsType<LegCommand.Bridge>(host.Calls.Last).Peer);
        (await host.SendAsync("POST", Path("bridge"), """{"call_control_id":"","queue":""}""")).Refuses(422, "10025", "/queue");
    }

    [Fact]
    public async Task A_bridge_with_a_call_that_is_not_the_accounts_is_refused() =>
        (await host.SendAsync("POST", Path("bridge"), """{"call_control_id":"v3:nobody"}""")).Refuses(422, "90015", "/call_control_id");

    [Fact]
    public async Task A_plain_transfer_has_the_contracts_defaults()
    {
        var answer = await host.SendAsync("POST", Path("transfer"), """{"to":"+13125550100"}""");
        Assert.True(answer.Status == 200, answer.Text);
        var transfer = Assert.IsType<LegCommand.Transfer>(host.Calls.Commands[^1].Command);
        Assert.Equal(("+13125550100", null, 30, 14_400),
            (transfer.To, transfer.From, (int)transfer.RingTimeout.TotalSeconds, (int)transfer.TimeLimit.TotalSeconds));
        Assert.True(transfer.HearsEarlyMedia);
        Assert.False(transfer.ParksAfterUnbridge);
    }

    [Theory]
    [InlineData(Refusal.EmergencyDestination, "emergency_number: "), InlineData(Refusal.PremiumDestination, "premium_number: ")]
    [InlineData(Refusal.CountryNotAllowed, "whitelisted_destinations: "), InlineData(Refusal.DoNotCall, "do_not_call: ")]
    public async Task A_transfer_names_the_rule_that_refuses_it_as_a_dial_does(Refusal refusal, string rule)
    {
        host.Calls.Answer = refusal;
        var answer = await host.SendAsync("POST", Path("transfer"), """{"to":"+442079460000"}""");
        answer.Refuses(403, "10010", "/to");
        Assert.StartsWith(rule, (string?)answer.Error["detail"]);
    }

    [Fact]
    public async Task Every_field_of_a_transfer_that_is_built_reaches_the_engine()
    {
        await host.SendAsync("POST", Path("transfer"), """
            {"to":"sip:bob@example.com","from":"+15550100000","from_display_name":"Ada","timeout_secs":5,"time_limit_secs":60,"early_media":false,
            "audio_url":"https://example.com/a.wav","media_encryption":"SRTP","park_after_unbridge":"self","mute_dtmf":"both","target_leg_client_state":"Qg==","client_state":"QQ==",
            "webhook_url":"https://example.com/w","webhook_url_method":"GET","custom_headers":[{"name":"X-A","value":"1"}],"sip_auth_username":"u","sip_auth_password":"p","command_id":"t-1",
            "answering_machine_detection":"detect_beep","answering_machine_detection_config":{"maximum_number_of_words":3}}
            """);
        var transfer = Assert.IsType<LegCommand.Transfer>(host.Calls.Commands[^1].Command);
        Assert.Equal(("sip:bob@example.com", "+15550100000", "Ada"), (transfer.To, transfer.From, transfer.CallerName));
        Assert.Equal((5, 60), ((int)transfer.RingTimeout.TotalSeconds, (int)transfer.TimeLimit.TotalSeconds));
        Assert.Equal((false, true, DigitMute.Both), (transfer.HearsEarlyMedia, transfer.ParksAfterUnbridge, transfer.Mute));
        Assert.Equal(new PromptSource.Url("https://example.com/a.wav"), transfer.PromptOnAnswer);
        Assert.Equal(("QQ==", "Qg=="), (transfer.Labels?["telnyx.client_state"], transfer.TargetLabels["telnyx.client_state"]));
        Assert.Equal((null, null), (transfer.Labels?["telnyx.webhook_url"], transfer.Labels?["telnyx.webhook_method"]));
        Assert.Equal(("https://example.com/w", "GET"),
            (transfer.TargetLabels["telnyx.webhook_url"], transfer.TargetLabels["telnyx.webhook_method"]));
        Assert.Equal([new CustomSipHeader("X-A", "1")], transfer.Headers);
        Assert.Equal(new MachineDetection(MachineMode.DetectBeep) { MaximumWords = 3 }, transfer.MachineDetection);
        Assert.Equal(MediaEncryption.Required, transfer.Encryption);
        Assert.Equal(("u", "p", "t-1"), (transfer.AuthUser, transfer.AuthPassword, transfer.CommandId));
    }

    [Fact]
    public async Task Zero_seconds_stand_for_the_usual_ones()
    {
        Assert.Equal(200,
            (await host.SendAsync("POST", Path("transfer"), """{"to":"+13125550100","timeout_secs":0,"time_limit_secs":0}""")).Status);
        var transfer = Assert.IsType<LegCommand.Transfer>(host.Calls.Commands[^1].Command);
        Assert.Equal((30, 14_400), ((int)transfer.RingTimeout.TotalSeconds, (int)transfer.TimeLimit.TotalSeconds));
    }

    [Fact]
    public async Task A_transfer_may_change_the_voices_on_the_new_leg()
    {
        Assert.Equal(200, (await host.SendAsync("POST", Path("transfer"),
            """{"to":"+13125550100","sound_modifications":{"octaves":-1,"track":"inbound"}}""")).Status);
        Assert.Equal(new SoundModification(0.5) { IsOfSaid = true },
            Assert.IsType<LegCommand.Transfer>(host.Calls.Commands[^1].Command).Sound);
    }

    [Theory]
    [InlineData(""","timeout_secs":4""", "90028", "/timeout_secs")]
    [InlineData(""","time_limit_secs":29""", "90029", "/time_limit_secs")]
    [InlineData(""","target_leg_client_state":"no!" """, "90017", "/target_leg_client_state")]
    [InlineData(""","client_state":"no!" """, "90017", "/client_state")]
    [InlineData(""","from":"bob" """, "10016", "/from")]
    [InlineData(""","answering_machine_detection":"exquisite" """, "10032", "/answering_machine_detection")]
    [InlineData(""","media_encryption":"DTLS" """, "10015", "/media_encryption")]
    [InlineData(""","sip_transport_protocol":"SCTP" """, "10032", "/sip_transport_protocol")]
    [InlineData(""","sound_modifications":{"semitone":15}""", "10033", "/sound_modifications/semitone")]
    [InlineData(""","webhook_url":"http://10.0.0.1/x" """, "10003", "/webhook_url")]
    public async Task A_transfer_that_cannot_be_honoured_is_refused(string field, string code, string pointer) =>
        (await host.SendAsync("POST", Path("transfer"), $$"""{"to":"+13125550100"{{field}}}""")).Refuses(422, code, pointer);
}
