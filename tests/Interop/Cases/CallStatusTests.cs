using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A call and the live calls of an application, looked up. Case 64.</summary>
public sealed class CallStatusTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 64
    public async Task A_call_can_be_looked_up_while_it_lives_and_after_its_end()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await DialledAsync(customer, new() { ["client_state"] = "c3RhdGU=" });
        string path = $"calls/{call["call_control_id"]}";
        var live = (await customer.GetAsync(path)).Succeeds().Data.AsObject();
        Assert.Equal(("call", true), ((string?)live["record_type"], (bool)live["is_alive"]!));
        foreach (string id in new[] { "call_control_id", "call_leg_id", "call_session_id", "client_state" })
            Assert.Equal((string?)call[id] ?? "c3RhdGU=", (string?)live[id]);
        Assert.True((int)live["call_duration"]! >= 0);
        Assert.NotNull(live["start_time"]);
        Assert.False(live.ContainsKey("end_time"));

        phone.Bye();
        await customer.NextAsync("call.hangup");
        var ended = (await customer.GetAsync(path)).Succeeds().Data;
        Assert.False((bool)ended["is_alive"]!);
        Assert.Equal((string?)live["start_time"], (string?)ended["start_time"]);
        Assert.True(DateTimeOffset.Parse((string)ended["end_time"]!) >= DateTimeOffset.Parse((string)ended["start_time"]!));
    }

    [Fact] // case 64
    public async Task Live_calls_are_listed_until_they_end()
    {
        var customer = await CustomerAsync();
        string path = $"connections/{customer.Application}/active_calls";
        Assert.Equal(0, (int)(await customer.GetAsync(path)).Succeeds().Meta["total_items"]!);
        var (call, phone) = await AnsweredAsync(customer);
        var list = (await customer.GetAsync(path)).Succeeds();
        var only = Assert.Single(list.Data.AsArray())!;
        foreach (string id in new[] { "call_control_id", "call_leg_id", "call_session_id" })
            Assert.Equal((string?)call[id], (string?)only[id]);
        Assert.Equal("call", (string?)only["record_type"]);
        Assert.Equal(1, (int)list.Meta["total_items"]!);

        phone.Bye();
        await customer.NextAsync("call.hangup");
        Assert.Empty((await customer.GetAsync(path)).Succeeds().Data.AsArray());
    }

    [Fact] // case 64
    public async Task Live_calls_are_walked_by_cursor_each_once_and_back()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var expected = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            expected.Add((string)(await customer.DialAsync(phone.Uri))["call_control_id"]!);
            (await phone.RingsAsync()).Ring();
        }

        string path = $"connections/{customer.Application}/active_calls?page[limit]=2";
        var walked = new List<string>();
        Answer page;
        string? after = null;
        do
        {
            page = (await customer.GetAsync(after is null ? path : $"{path}&page[after]={Uri.EscapeDataString(after)}")).Succeeds();
            Assert.Equal(5, (int)page.Meta["total_items"]!);
            Assert.InRange(page.Data.AsArray().Count, 1, 2);
            walked.AddRange(page.Data.AsArray().Select(c => (string)c!["call_control_id"]!));
            after = (string?)page.Meta["cursors"]?["after"];
        }
        while (after is not null && walked.Count < 10);
        Assert.Equal(expected.Order(StringComparer.Ordinal), walked.Order(StringComparer.Ordinal));

        string before = (string)page.Meta["cursors"]!["before"]!;
        var back = (await customer.GetAsync($"{path}&page[before]={Uri.EscapeDataString(before)}")).Succeeds();
        Assert.Equal(walked.Skip(2).Take(2), back.Data.AsArray().Select(c => (string)c!["call_control_id"]!));

        Assert.Equal(422, (await customer.GetAsync(path + "&page[after]=nonsense")).Status);
        foreach (string live in expected) await customer.TryActAsync(live, "hangup");
    }

    [Fact] // case 64
    public async Task An_unknown_application_has_no_list()
    {
        var customer = await CustomerAsync();
        (await customer.GetAsync("connections/1/active_calls")).Refuses(404, "10005");
        (await customer.GetAsync("connections/nonsense/active_calls")).Refuses(404, "10005");
    }
}
