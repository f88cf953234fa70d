using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>kill -9 in the middle of a change of a thousand numbers.</summary>
[Depth("the gate changes numbers in Edge, where nothing dies")]
public sealed class KilledNumberJobTests
{
    private const int Numbers = 1_000, Some = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Failure("process-killed")]
    [Fact]
    public async Task All_are_changed_and_the_one_that_cannot_be_is_named()
    {
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string[] numbers = [.. Enumerable.Range(0, Numbers).Select(index => $"+1555030{index:D4}")];
        await node.ImportNumbersAsync(numbers);
        // Nobody is forwarded to himself.
        string itself = numbers[Numbers / 2];
        var asked = await customer.SendAsync(HttpMethod.Post, "phone_numbers/jobs/update_phone_numbers", new()
        {
            ["phone_numbers"] = new JsonArray([.. numbers.Select(number => (JsonNode)number)]), ["tags"] = new JsonArray("many"),
            ["voice"] = new JsonObject
            {
                ["call_forwarding"] = new JsonObject { ["call_forwarding_enabled"] = true, ["forwards_to"] = itself },
            },
        });
        string path = $"phone_numbers/jobs/{asked["id"]}";
        await Eventually.SomeAsync(async () => await TaggedAsync(customer) >= Some ? "some" : null, "some are changed");
        await node.KillAsync();
        await node.StartAgainAsync();

        var job = await Eventually.SomeAsync(async () =>
        {
            var now = await customer.SendAsync(HttpMethod.Get, path);
            Assert.Equal(Numbers, Count(now, "pending") + Count(now, "successful") + Count(now, "failed"));
            return (string?)now["status"] is "completed" ? now : null;
        }, () => $"the job is done\n{node.Output}", Patience);
        Assert.Equal(Numbers - 1, Count(job, "successful"));
        var failed = Assert.Single(job["failed_operations"]!.AsArray())!;
        Assert.Equal((itself, "10015"), ((string?)failed["phone_number"], (string?)failed["errors"]![0]!["code"]));
        Assert.Equal(Numbers - 1, await TaggedAsync(customer));
    }

    private static async Task<int> TaggedAsync(Customer customer) =>
        (int)(await customer.GetAsync("phone_numbers?filter[tag]=many&page[size]=1")).Meta["total_results"]!;

    private static int Count(JsonNode job, string which) => job[$"{which}_operations"]!.AsArray().Count;
}
