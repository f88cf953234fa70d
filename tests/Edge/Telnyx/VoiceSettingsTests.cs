using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary>What a number says about calls to it.</summary>
public sealed class VoiceSettingsTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static long _counter = 2000000000000000500;

    private async Task<(string Id, string Number)> NumberAsync(string reference = "")
    {
        long id = Interlocked.Increment(ref _counter);
        string text = $"+1555019{id % 10_000:0000}";
        await host.Store.Numbers.ImportAsync([Imported.Number(new(text, host.Tenant, null), id, host.Time.GetUtcNow())],
            TestContext.Current.CancellationToken);
        if (reference.Length > 0) await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}", $$"""{"customer_reference":"{{reference}}"}""");
        return (id.ToString(), text);
    }

    private Number Stored(string number) => host.Store.Routing.Current.FindNumber(number)!;

    [Fact]
    public async Task They_begin_with_the_contracts_defaults()
    {
        var (id, number) = await NumberAsync();
        var got = await host.SendAsync("GET", $"/v2/phone_numbers/{id}/voice");
        Assert.True(got.Status == 200, got.Text);
        Assert.Equal((id, number, "voice_settings", ""), ((string?)got.Data["id"], (string?)got.Data["phone_number"],
            (string?)got.Data["record_type"], (string?)got.Data["connection_id"]));
        Assert.Equal(("", false, "disabled", "pay-per-minute"),
            ((string?)got.Data["translated_number"], (bool?)got.Data["tech_prefix_enabled"], (string?)got.Data["inbound_call_screening"],
                (string?)got.Data["usage_payment_method"]));
        Assert.True((bool?)got.Data["media_features"]!["rtp_auto_adjust_enabled"]);
        Assert.Equal("disabled", (string?)got.Data["emergency"]!["emergency_status"]);
        Assert.Equal(got.Text, (await host.SendAsync("GET", $"/v2/phone_numbers/{number}/voice")).Text);
        Assert.Equal(new NumberVoice(), Stored(number).Voice);
    }

    [Fact]
    public async Task A_change_is_what_calls_meet_and_what_the_number_shows()
    {
        var (id, number) = await NumberAsync();
        var changed = await host.SendAsync("PATCH", $"/v2/phone_numbers/{number}/voice", """
            {"translated_number":"+15550111","tech_prefix_enabled":false,"usage_payment_method":"pay-per-minute",
             "call_forwarding":{"forwards_to":"+15550122","forwarding_type":"always"},"call_recording":{"inbound_call_recording_enabled":true,"inbound_call_recording_channels":"dual"},
             "cnam_listing":{"cnam_listing_details":"Acme 24"},"media_features":{"rtp_auto_adjust_enabled":false}}
            """);
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal("+15550122", (string?)changed.Data["call_forwarding"]!["forwards_to"]);
        Assert.Equal(new NumberVoice
        {
            TranslatedNumber = "+15550111", Forwarding = new("+15550122", IsOnFailure: false),
            Recording = new("wav", IsDual: true), IsRtpFixed = true
        }, Stored(number).Voice);
        Assert.True(JsonNode.DeepEquals(changed.Data, (await host.SendAsync("GET", $"/v2/phone_numbers/{id}/voice")).Data));

        var shown = (await host.SendAsync("GET", $"/v2/phone_numbers/{id}")).Data;
        foreach (string flag in (string[])["call_forwarding_enabled", "call_recording_enabled"])
            Assert.True((bool?)shown[flag], flag);

        // One member changes, the others of the same object stay; and the number's own change leaves them alone.
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}/voice", """{"call_forwarding":{"call_forwarding_enabled":false}}""");
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}", """{"tags":["x"]}""");
        var after = (await host.SendAsync("GET", $"/v2/phone_numbers/{id}/voice")).Data;
        Assert.Equal(("+15550122", "Acme 24"),
            ((string?)after["call_forwarding"]!["forwards_to"], (string?)after["cnam_listing"]!["cnam_listing_details"]));
        Assert.Null(Stored(number).Voice.Forwarding);
        Assert.Equal(["x"], Stored(number).Tags);
    }

    [Theory]
    [InlineData("""{"call_forwarding":{"forwards_to":"bob"}}""", "10016", "/call_forwarding/forwards_to")]
    [InlineData("""{"call_forwarding":{"forwarding_type":"sometimes"}}""", "10032", "/call_forwarding/forwarding_type")]
    [InlineData("""{"translated_number":"a b"}""", "10015", "/translated_number")]
    [InlineData("""{"tech_prefix_enabled":true}""", "10015", "/tech_prefix_enabled")]
    [InlineData("""{"media_features":{"t38_fax_gateway_enabled":true}}""", "10015", "/media_features/t38_fax_gateway_enabled")]
    [InlineData("""{"cnam_listing":{"cnam_listing_details":"sixteen letters!"}}""", "10700", "/cnam_listing/cnam_listing_details")]
    [InlineData("""{"cnam_listing":{"cnam_listing_details":"123"}}""", "10700", "/cnam_listing/cnam_listing_details")]
    [InlineData("""{"usage_payment_method":"cash"}""", "10032", "/usage_payment_method")]
    [InlineData("""{"tech_prefix_enabled":"yes"}""", "10026", "/tech_prefix_enabled")]
    public async Task A_wrong_value_is_refused_with_a_pointer(string body, string code, string pointer)
    {
        var (id, _) = await NumberAsync();
        (await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}/voice", body)).Refuses(422, code, pointer);
    }

    [Fact]
    public async Task What_is_asked_of_callers_is_what_calls_meet()
    {
        var (id, number) = await NumberAsync();
        var changed = await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}/voice", """
            {"call_forwarding":{"forwards_to":"+15550122","forwarding_type":"on-failure"},"inbound_call_screening":"flag_calls",
             "caller_id_name_enabled":true,"cnam_listing":{"cnam_listing_enabled":true,"cnam_listing_details":"Acme 24"}}
            """);
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(new NumberVoice
        {
            Forwarding = new("+15550122", IsOnFailure: true), Screening = CallScreening.Flag, IsCallerNamed = true, ListedName = "Acme 24",
        }, Stored(number).Voice);
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}/voice",
            """{"inbound_call_screening":"reject_calls","cnam_listing":{"cnam_listing_enabled":false}}""");
        Assert.Equal((CallScreening.Reject, null), (Stored(number).Voice.Screening, Stored(number).Voice.ListedName));
    }

    [Fact]
    public async Task A_number_is_not_forwarded_to_itself()
    {
        var (id, number) = await NumberAsync();
        (await host.SendAsync("PATCH", $"/v2/phone_numbers/{id}/voice", $$$"""{"call_forwarding":{"forwards_to":"{{{number}}}"}}"""))
            .Refuses(422, "10015", "/call_forwarding/forwards_to");
    }

    [Fact]
    public async Task Another_accounts_number_and_an_unknown_one_are_not_found()
    {
        var (id, _) = await NumberAsync();
        foreach (var (path, key) in new[]
        {
            (id, TelnyxHost.OtherTenantKey), ("1293384261075731499", TelnyxHost.Key),
            ("+15559999999", TelnyxHost.Key), ("x", TelnyxHost.Key)
        })
        {
            (await host.SendAsync("GET", $"/v2/phone_numbers/{path}/voice", key: key)).Refuses(404, "10005");
            (await host.SendAsync("PATCH", $"/v2/phone_numbers/{path}/voice", "{}", key)).Refuses(404, "10005");
        }
    }

    [Fact]
    public async Task Their_list_is_filtered_sorted_and_paged()
    {
        var (first, _) = await NumberAsync("list");
        var (second, text) = await NumberAsync("list");
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{second}/voice", """{"usage_payment_method":"channel"}""");
        Assert.Equal([first, second], await Ids("filter[customer_reference]=list"));
        Assert.Equal([second, first], await Ids("filter[customer_reference]=list&sort=-phone_number"));
        Assert.Equal([second, first], await Ids("filter[customer_reference]=list&sort=usage_payment_method"));
        Assert.Equal([second], await Ids("filter[customer_reference]=list&filter[voice.usage_payment_method]=channel"));
        Assert.Equal([first], await Ids("filter[customer_reference]=list&filter[voice.usage_payment_method]=pay-per-minute"));
        Assert.Equal([second], await Ids($"filter[phone_number]={text[1..]}"));
        Assert.Equal([second], await Ids("filter[customer_reference]=list&page[size]=1&page[number]=2"));
        Assert.Equal([second], [.. (await host.SendAsync("GET",
            "/v2/phone_numbers?filter[customer_reference]=list&filter[voice.usage_payment_method]=channel")).List
            .Select(n => (string)n!["id"]!)]);
        (await host.SendAsync("GET", "/v2/phone_numbers/voice?filter[colour]=red")).Refuses(400, "10031");
        (await host.SendAsync("GET", "/v2/phone_numbers/voice?sort=colour")).Refuses(400, "10018");
        Assert.DoesNotContain((await host.SendAsync("GET", "/v2/phone_numbers/voice", key: TelnyxHost.OtherTenantKey)).List,
            n => (string?)n!["id"] == first);

        async Task<string[]> Ids(string query)
        {
            var answer = await host.SendAsync("GET", "/v2/phone_numbers/voice?" + query);
            Assert.True(answer.Status == 200, answer.Text);
            return [.. answer.List.Select(n => (string)n!["id"]!)];
        }
    }
}
