using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>kill -9 while two accounts order the same numbers at once, each number by both.</summary>
[Depth("the gate orders at once in Edge, where nothing dies")]
public sealed class KilledOrdersTests
{
    private const int Numbers = 50;
    private const decimal Price = 3;
    private const string Second = "+15550309001";
    private static readonly int[] Kills = [16, 33];

    [Failure("process-killed")]
    [Fact]
    public async Task Each_number_has_one_owner_who_has_paid_for_it_once()
    {
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        var made = await node.NewTenantAsync("second");
        await node.ImportNumbersAsync([Second], "second");
        await using var one = await Customer.CreateAsync(node, node.NextNumber());
        await using var two = await Customer.CreateAsync(node, Second, key: (string)made["telnyx_key"]!);
        Customer[] both = [one, two];
        await node.Operator.SendAsync(HttpMethod.Post, "stock/actions/import", new()
        {
            ["numbers"] = new JsonArray(new JsonObject
            {
                ["first"] = NumberOf(0), ["last"] = NumberOf(Numbers - 1), ["country"] = "US", ["features"] = new JsonArray("voice"),
                ["upfront_cost"] = "1.00", ["monthly_cost"] = "2.00",
            }),
        });
        var before = new List<decimal>();
        foreach (var who in both)
        {
            var found = await who.SendAsync(HttpMethod.Get,
                "available_phone_numbers?filter[national_destination_code]=907&filter[phone_number][starts_with]=5552&filter[limit]=100");
            Assert.Equal(Numbers, found.AsArray().Count);
            before.Add(await BalanceAsync(who));
        }

        for (int i = 0; i < Numbers; i++)
        {
            string number = NumberOf(i);
            var orders = both.Select(who => OrderAsync(who, number)).ToList();
            if (Kills.Contains(i))
            {
                await node.KillAsync();
                await Task.WhenAll(orders);
                await node.StartAgainAsync();
                // Whoever has heard nothing asks again; the number may be his already.
                await Task.WhenAll(both.Select(who => OrderAsync(who, number)));
                continue;
            }
            var answers = await Task.WhenAll(orders);
            Assert.Single(answers, answer => answer!.Status is 200);      // nothing died under these
            answers.Single(answer => answer!.Status is not 200)!.Refuses(422, "85001");
        }

        string[] accounts = [await node.Operator.FindAccountAsync(null), await node.Operator.FindAccountAsync("second")];
        int[] owned = new int[both.Length];
        for (int i = 0; i < Numbers; i++)
        {
            string number = NumberOf(i);
            var has = new List<int>();
            for (int who = 0; who < both.Length; who++)
            {
                var shown = await both[who].GetAsync($"phone_numbers?filter[phone_number]={Uri.EscapeDataString(number)}");
                if (shown.Data.AsArray().Count > 0) has.Add(who);
            }
            int owner = Assert.Single(has);
            owned[owner]++;
            var stock = await node.Operator.SendAsync(HttpMethod.Get, $"stock/{Uri.EscapeDataString(number)}");
            Assert.Equal(("assigned", accounts[owner]), ((string?)stock["state"], (string?)stock["account_id"]));
        }
        for (int who = 0; who < both.Length; who++)
        {
            Assert.Equal(before[who] - Price * owned[who], await BalanceAsync(both[who]));
            var orders = (await both[who].GetAsync("number_orders?page[size]=250")).Data.AsArray();
            Assert.Equal(owned[who], orders.Count);
            Assert.All(orders, order => Assert.Equal("success", (string?)order!["status"]));
        }
    }

    private static string NumberOf(int index) => $"+1907555{2_000 + index}";

    private static async Task<decimal> BalanceAsync(Customer who) =>
        decimal.Parse((string)(await who.GetAsync("balance")).Data["balance"]!, CultureInfo.InvariantCulture);

    /// <returns>Null when the node died before it answered.</returns>
    private static async Task<Answer?> OrderAsync(Customer who, string number)
    {
        try
        {
            return await who.TryAsync(HttpMethod.Post, "number_orders",
                new() { ["phone_numbers"] = new JsonArray(new JsonObject { ["phone_number"] = number }) });
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
