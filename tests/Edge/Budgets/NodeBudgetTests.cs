using Ringwright.Testing;

namespace Ringwright.Edge.Budgets;

/// <summary>What whole calls and requests cost the program that is shipped: <c>tests/budgets.tsv</c>.</summary>
[Collection(nameof(Starving))]
public sealed class NodeBudgetTests(BudgetNode node) : IClassFixture<BudgetNode>
{
    private int _created;

    [Fact]
    public Task A_call_to_the_echo_line_keeps_to_its_budget() =>
        node.CallsHoldAsync("call: to the echo line, hung up by the caller", "W1", calls: 120, perSecond: 100, warmUp: 250);

    [Fact, Depth("the gate holds the call to the echo line to its budget")]
    public Task A_dialled_call_keeps_to_its_budget() =>
        node.CallsHoldAsync("call: dialled by the API, hung up by the callee, three webhooks", "W5", calls: 80, perSecond: 50,
            warmUp: 250);

    [Fact]
    public Task A_request_that_reads_keeps_to_its_budget() =>
        node.RequestsHoldAsync("request: GET of one resource", HttpMethod.Get, $"call_control_applications/{node.Application}",
            () => null, 200);

    [Fact, Depth("the gate holds a request that reads to its budget")]
    public Task A_request_that_is_refused_keeps_to_its_budget() =>
        node.RequestsHoldAsync("request: POST that its body check refuses", HttpMethod.Post, "calls",
            () => """{"connection_id":"1","from":"+15550100000"}""", 422);

    [Fact, Depth("the gate holds a request that reads to its budget")]
    public Task A_request_that_creates_keeps_to_its_budget() =>
        node.RequestsHoldAsync("request: POST that creates a resource", HttpMethod.Post, "billing_groups",
            () => $$"""{"name":"group {{++_created}}"}""", 200);
}
