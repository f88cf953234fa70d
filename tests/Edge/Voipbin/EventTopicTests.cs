using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Http;
using Ringwright.Testing;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>Which events topics of an agent are about.</summary>
public sealed class EventTopicTests
{
    private static readonly TenantId Customer = new(Guid.NewGuid());
    private static readonly string Agent = Guid.NewGuid().ToString(), Other = Guid.NewGuid().ToString();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callers_for_whom_an_agent_is_rung_are_the_agents_and_nobody_elses()
    {
        var topics = Topics(CallerRole.Reader);
        Assert.Null(await topics.AddAsync([$"agent_id:{Agent}:queuecall"], Stop));
        Assert.NotNull(topics.TextOf(Told("queuecall_connecting", Agent)));
        Assert.NotNull(topics.TextOf(Told("queuecall_done", Agent)));
        Assert.Null(topics.TextOf(Told("queuecall_connecting", Other)));
        Assert.Null(topics.TextOf(Told("queuecall_waiting", Guid.Empty.ToString())));
        Assert.Null(topics.TextOf(Told("queuecall_connecting", Agent) with { Tenant = new(Guid.NewGuid()) }));
        Assert.Null(topics.TextOf(Told("agent_updated", Agent)));
        Assert.Null(await topics.RemoveAsync([$"agent_id:{Agent}:queuecall:*"], Stop));
        Assert.Null(topics.TextOf(Told("queuecall_done", Agent)));
        Assert.True(topics.IsEmpty);
    }

    [Fact]
    public async Task A_manager_names_an_agent_of_the_customer_and_maybe_one_caller()
    {
        var topics = Topics(CallerRole.Member);
        var told = Told("queuecall_serviced", Other);
        string id = (string)JsonNode.Parse(told.Body)!["data"]!["id"]!;
        Assert.True((await topics.AddAsync([$"agent_id:{Guid.NewGuid()}:queuecall"], Stop))!.IsForeign);
        Assert.Null(await topics.AddAsync([$"agent_id:{Other}:queuecall:{id}"], Stop));
        Assert.Equal(told.Body, topics.TextOf(told));
        Assert.Null(topics.TextOf(Told("queuecall_serviced", Other)));
        Assert.False((await topics.AddAsync([$"agent_id:{Other}:campaign"], Stop))!.IsForeign);
    }

    [Fact]
    public async Task Topics_that_nothing_is_told_of_leave_the_others_and_wrong_ones_do_not()
    {
        var topics = Topics(CallerRole.Member);
        string mine = $"customer_id:{Customer}:campaign", agents = $"agent_id:{Other}:campaign:*";
        var unheard = await topics.AddAsync([agents, $"customer_id:{Customer}:conference:*"], Stop);
        Assert.Equal((true, true), (unheard!.IsUnheard, topics.IsEmpty));
        Assert.False((await topics.AddAsync([mine, $"customer_id:{Customer}:campaigns"], Stop))!.IsUnheard);
        Assert.False((await topics.AddAsync([mine, $"customer_id:{Guid.NewGuid()}:message"], Stop))!.IsUnheard);
        Assert.True(topics.IsEmpty);
        Assert.True((await topics.AddAsync([mine, agents], Stop))!.IsUnheard);
        Assert.NotNull(topics.TextOf(Told("campaign_status_run", Other)));
        Assert.True((await topics.RemoveAsync([agents, mine], Stop))!.IsUnheard);
        Assert.True(topics.IsEmpty);
    }

    [Fact]
    public async Task An_event_that_is_named_is_heard_alone_and_as_what_it_is_of()
    {
        var topics = Topics(CallerRole.Member);
        string named = $"customer_id:{Customer}:campaign:campaign_status_run";
        Assert.Null(await topics.AddAsync([named], Stop));
        var told = Told("campaign_status_run", Other);
        var data = JsonNode.Parse(told.Body)!["data"]!;
        Assert.Equal(data.ToJsonString(), topics.TextOf(told));
        Assert.Null(topics.TextOf(Told("campaign_status_stop", Other)));
        Assert.Null(topics.TextOf(Told("campaign_status", Other)));
        // With what the webhook says around it for who has asked for the resource too.
        Assert.Null(await topics.AddAsync([$"customer_id:{Customer}:campaign:{data["id"]}"], Stop));
        Assert.Equal(told.Body, topics.TextOf(told));
        Assert.Null(await topics.RemoveAsync([named], Stop));
        Assert.Null(topics.TextOf(Told("campaign_status_run", Other)));

        foreach (string wrong in new[] { "queuecall_done", "campaign", "campaign_", "campaign_A", "campaign_" + new string('a', 60) })
            Assert.False((await topics.AddAsync([$"customer_id:{Customer}:campaign:{wrong}"], Stop))!.IsUnheard, wrong);
        Assert.False((await topics.AddAsync([$"agent_id:{Other}:agent:agent_updated"], Stop))!.IsUnheard);
        Assert.True((await topics.AddAsync([$"customer_id:{Customer}:transcribe:transcribe_speech_interim"], Stop))!.IsUnheard);
    }

    [Fact]
    public async Task What_is_told_to_a_runs_own_webhook_alone_is_heard_by_who_has_subscribed_meanwhile()
    {
        await using var host = await DialerHost.StartAsync();
        await using var hook = await Sink.StartAsync();
        var store = host.Node.Node.Database;
        var tenant = new TenantId(Guid.Parse((string)(await host.DoneAsync("GET", "/customer"))["id"]!));
        // The events are kept, and the customer, which has no URL, does not say yet that somebody hears them.
        var place = await store.Stream.ListenAsync(tenant, after: null, Stop);
        await host.DoneAsync("POST", "/activeflows", $$"""{"actions":[{"type":"empty"}],"webhook_uri":"{{hook.Url}}"}""");
        await Eventually.TrueAsync(() => hook.All.Count == 3, "its own webhook has them all");
        var topics = new EventTopics(new Caller(tenant, null, CallerRole.Member, ""), new HashSet<string> { "activeflow" },
            static (_, _) => ValueTask.FromResult(false));
        Assert.Null(await topics.AddAsync([$"customer_id:{tenant}:activeflow"], Stop));
        var kept = await store.Stream.ListAsync(tenant, place.After, 10, Stop);
        Assert.Equal(hook.All.Select(received => received.Text), kept.Select(one => topics.TextOf(one.Message)));
    }

    private static EventTopics Topics(CallerRole role) =>
        new(new Caller(Customer, null, role, Agents.KeyIdOf(Agent)), new HashSet<string> { "agent", "queuecall", "campaign" },
            static (agent, _) => ValueTask.FromResult(agent == Other));

    private static OutboxMessage Told(string type, string agent)
    {
        string id = Guid.NewGuid().ToString();
        var body = new JsonObject
        {
            ["type"] = type, ["data"] = new JsonObject { ["id"] = id, ["service_agent_id"] = agent },
        };
        return new()
        {
            Id = Guid.NewGuid(), Tenant = Customer, OrderKey = id, Format = VoipbinWebhookFormat.FormatName, EventType = type, Url = "",
            OccurredAt = DateTimeOffset.UnixEpoch, Body = body.ToJsonString(),
        };
    }
}
