using System.Globalization;
using Ringwright.Telnyx.Assistants;

namespace Ringwright.Edge.Telnyx;

/// <summary>Conversations with assistants and their messages, over HTTP.</summary>
public sealed class ConversationTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/ai/conversations";

    private async Task<string> MakeAsync(string body = "{}")
    {
        var made = await host.SendAsync("POST", Path, body);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Body["id"]!;
    }

    private async Task SayAsync(string id, string body)
    {
        var added = await host.SendAsync("POST", $"{Path}/{id}/messages", body);
        Assert.True(added.Status == 200, added.Text);
    }

    private async Task<IReadOnlyList<string>> FoundAsync(string query)
    {
        var found = await host.SendAsync("GET", $"{Path}?{query}");
        Assert.True(found.Status == 200, $"{query}: {found.Text}");
        return [.. found.List.Select(c => (string)c!["id"]!)];
    }

    [Fact]
    public async Task Messages_are_listed_as_they_were_heard_and_not_those_for_the_model_alone()
    {
        string id = await MakeAsync("""{"name":"one"}""");
        await SayAsync(id, """{"role":"assistant","content":"second","sent_at":"2025-03-05T15:00:05Z"}""");
        await SayAsync(id, """{"role":"user","content":"first","sent_at":"2025-03-05T16:00:01+01:00"}""");
        await SayAsync(id, """{"role":"system","content":"be brief","sent_at":"2025-03-05T15:00:00Z"}""");
        await SayAsync(id, """
            {"role":"assistant","sent_at":"2025-03-05T15:00:06Z",
             "tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]}
            """);
        await SayAsync(id, """{"role":"tool","content":"sunny","tool_call_id":"c1","sent_at":"2025-03-05T15:00:07Z"}""");

        var all = await host.SendAsync("GET", $"{Path}/{id}/messages");
        Assert.Equal(["first", "second", "", "sunny"], all.List.Select(m => (string?)m!["text"]));
        Assert.Equal(("weather", "c1", 4), ((string?)all.List[2]!["tool_calls"]![0]!["function"]!["name"],
            (string?)all.List[3]!["tool_call_id"], (int)all.Body["meta"]!["total_results"]!));
        Assert.Equal("second", (string?)(await host.SendAsync("GET", $"{Path}/{id}/messages?page[size]=1&page[number]=2")).List
            .Single()!["text"]);
        Assert.Equal("2025-03-05T15:00:07.000Z", (string?)(await host.SendAsync("GET", $"{Path}/{id}")).Data["last_message_at"]);
        Assert.Empty((await host.SendAsync("GET", $"{Path}/{id}/conversations-insights")).List);

        (await host.SendAsync("POST", $"{Path}/{id}/messages", """{"role":"narrator"}""")).Refuses(422, "10015", "/role");
        (await host.SendAsync("POST", $"{Path}/{id}/messages", """{"role":"assistant","tool_calls":[{"id":"c"}]}"""))
            .Refuses(422, "10015", "/tool_calls/0");
        (await host.SendAsync("POST", $"{Path}/{id}/messages", """{"role":"user","tool_call_id":"c"}"""))
            .Refuses(422, "10015", "/tool_call_id");
        (await host.SendAsync("POST", $"{Path}/{id}/messages", """{"role":"user","content":"x"}""", TelnyxHost.OtherTenantKey))
            .Refuses(404, "10005");
        (await host.SendAsync("GET", $"{Path}/{id}/messages", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"{Path}/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        Assert.Equal(200, (await host.SendAsync("DELETE", $"{Path}/{id}")).Status);
        (await host.SendAsync("GET", $"{Path}/{id}")).Refuses(404, "10005");
        (await host.SendAsync("GET", $"{Path}/{id}/messages")).Refuses(404, "10005");
        var left = await host.Store.Documents.ListOfAllTenantsAsync("ai_message", TestContext.Current.CancellationToken);
        Assert.DoesNotContain(left, row => (string?)row.Body["conversation_id"] == id);
    }

    [Fact]
    public void A_zero_that_a_model_wrote_is_kept_as_a_sign_that_every_database_reads()
    {
        var now = host.Time.GetUtcNow();
        var row = ConversationMessages.Heard(host.Tenant, "c-1", "assistant", "caf\0e9", [], callId: null, now, now);
        Assert.Equal("caf\uFFFDe9", (string?)row.Body["text"]);
    }

    [Fact]
    public async Task Messages_at_the_same_time_are_all_kept()
    {
        string id = await MakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SayAsync(id, $$"""{"role":"user","content":"{{i}}"}""")));
        var texts = (await host.SendAsync("GET", $"{Path}/{id}/messages")).List.Select(m => (string)m!["text"]!);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_trail_of_changes_repeats_no_words_of_a_conversation()
    {
        string id = await MakeAsync();
        await SayAsync(id, """{"role":"user","content":"words-of-a-caller"}""");
        var trail = await host.SendAsync("GET", "/v2/audit_events?page[size]=250");
        Assert.Contains(id, trail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("words-of-a-caller", trail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_is_laid_over_and_what_a_conversation_began_with_stays()
    {
        string id = await MakeAsync("""{"metadata":{"language":"en","telnyx_end_user_target":"+15550001111"}}""");
        var changed = await host.SendAsync("PUT", $"{Path}/{id}",
            """{"metadata":{"language":"de","mood":"good","telnyx_end_user_target":"+15550001111"}}""");
        Assert.Equal(("de", "good"), ((string?)changed.Data["metadata"]!["language"], (string?)changed.Data["metadata"]!["mood"]));
        (await host.SendAsync("PUT", $"{Path}/{id}", """{"metadata":{"telnyx_end_user_target":"+15550002222"}}"""))
            .Refuses(422, "10015", "/metadata/telnyx_end_user_target");
        string large = new('x', 10_000), many = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"k{i}\":\"\""));
        Assert.Equal(200, (await host.SendAsync("PUT", $"{Path}/{id}", $$$"""{"metadata":{"one":"{{{large}}}"}}""")).Status);
        (await host.SendAsync("PUT", $"{Path}/{id}", $$$"""{"metadata":{"two":"{{{large}}}"}}""")).Refuses(422, "10025", "/metadata");
        (await host.SendAsync("PUT", $"{Path}/{id}", $$$"""{"metadata":{ {{{many}}} }}""")).Refuses(422, "10025", "/metadata");
        (await host.SendAsync("POST", Path, $$$"""{"metadata":{ {{{many}}} }}""")).Refuses(422, "10025", "/metadata");
        (await host.SendAsync("PUT", $"{Path}/{id}", """{"metadata":{"assistant_id":"x"}}"""))
            .Refuses(422, "10015", "/metadata/assistant_id");
        (await host.SendAsync("PUT", $"{Path}/{id}", "{}", TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("POST", Path, """{"metadata":{"assistant_id":"assistant-nobody"}}"""))
            .Refuses(422, "10015", "/metadata/assistant_id");
    }

    [Fact]
    public async Task A_list_is_asked_as_PostgREST_is()
    {
        string tag = $"t{Guid.NewGuid():N}";
        string early = await MakeAsync($$"""{"name":"Anna calls","metadata":{"tag":"{{tag}}","number":"1"} }""");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        string between = host.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        string late = await MakeAsync($$"""{"metadata":{"tag":"{{tag}}","number":"2"} }""");
        string mine = $"metadata->tag=eq.{tag}";

        Assert.Equal([late, early], await FoundAsync(mine));
        Assert.Equal([late, early], await FoundAsync($"metadata-%3Etag=eq.{tag}"));
        Assert.Equal([early, late], await FoundAsync($"{mine}&order=created_at.asc"));
        Assert.Equal([late, early], await FoundAsync($"{mine}&order=metadata->number.desc"));
        Assert.Equal([late, early], await FoundAsync($"{mine}&order=metadata->tag.asc,metadata->number.desc"));
        Assert.Equal([early, late], await FoundAsync($"{mine}&order=metadata->tag.desc,created_at"));
        Assert.Equal([late], await FoundAsync($"{mine}&limit=1"));
        Assert.Equal([early], await FoundAsync($"{mine}&created_at=lt.{between}"));
        Assert.Equal([late], await FoundAsync($"{mine}&last_message_at=gte.{between}"));
        Assert.Equal([early], await FoundAsync($"{mine}&name=ilike.*ANNA*"));
        Assert.Equal([early], await FoundAsync($"{mine}&name=ilike.anna%25"));
        Assert.Equal([early], await FoundAsync($"{mine}&name=like.A*c_lls"));
        Assert.Empty(await FoundAsync($"{mine}&name=like.anna*"));
        Assert.Equal([late, early], await FoundAsync($"{mine}&or=(name.eq.Anna calls,metadata->number.in.(2,5))"));
        Assert.Equal([early], await FoundAsync($"{mine}&or=(name.eq.\"Anna calls\",name.eq.\"a,b\")"));
        Assert.Equal([late], await FoundAsync($"{mine}&or=(name.eq.nobody,metadata->number.eq.2)"));
        Assert.Equal([late], await FoundAsync($"{mine}&name=is.null"));
        Assert.Equal([late], await FoundAsync($"{mine}&id=neq.{early}"));
        Assert.Equal([late, early], await FoundAsync($"id=in.({early},{late})"));
        Assert.Equal([early], await FoundAsync($"{mine}&metadata->number=in.(1,3)"));
        Assert.Equal([early], await FoundAsync($"{mine}&name=in.(\"Anna calls\",\"a,b\")"));
        Assert.Empty((await host.SendAsync("GET", $"{Path}?{mine}", key: TelnyxHost.OtherTenantKey)).List);

        string comma = await MakeAsync($$"""{"name":"Ärzte, Anna","metadata":{"tag":"{{tag}}"} }""");
        Assert.Equal([comma], await FoundAsync($"{mine}&name=in.(\"Ärzte, Anna\",Anna)"));
        Assert.Equal([comma], await FoundAsync($"{mine}&or=(name.in.(\"Ärzte, Anna\",x),name.eq.nobody)"));
        Assert.Equal([comma], await FoundAsync($"{mine}&name=ilike.Ärz*ANNA"));
    }

    [Fact]
    public async Task A_plus_that_nobody_has_encoded_is_one()
    {
        string tag = $"t{Guid.NewGuid():N}", mine = $"metadata->tag=eq.{tag}";
        string known = await MakeAsync($$"""{"metadata":{"tag":"{{tag}}","telnyx_end_user_target":"+15550001111"} }""");
        await MakeAsync($$"""{"metadata":{"tag":"{{tag}}","telnyx_end_user_target":"+15550002222"} }""");
        foreach (string number in new[] { "+15550001111", "%2B15550001111" })
        {
            Assert.Equal([known], await FoundAsync($"{mine}&metadata->telnyx_end_user_target=eq.{number}"));
            Assert.Equal([known], await FoundAsync($"{mine}&or=(metadata->telnyx_end_user_target.eq.{number},name.eq.nobody)"));
        }
        Assert.Empty(await FoundAsync($"{mine}&created_at=lt.2000-01-01T00:00:00+02:00"));
    }

    [Theory, InlineData("name=Anna"), InlineData("name=near.Anna"), InlineData("created_at=gt.soon"),
        InlineData("created_at=like.2025*"), InlineData("metadata->a.b=eq.1"), InlineData("order=mood.desc"), InlineData("order=name.up"),
        InlineData("order=name.desc,mood.asc"), InlineData("order=name,"),
        InlineData("limit=0"), InlineData("or=name.eq.a"), InlineData("or=(name.eq.a,mood.eq.b)"), InlineData("or=()"),
        InlineData("or=(name.eq.a,id.in.(b)"), InlineData("or=(name.eq.\"a)"), InlineData("or=(name.eq.a))"), InlineData("name=in.(\"a)")]
    public async Task A_question_that_cannot_be_answered_is_refused(string query) =>
        (await host.SendAsync("GET", $"{Path}?{query}")).Refuses(422, "10015");
}
