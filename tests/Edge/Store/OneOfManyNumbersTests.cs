using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Store;

/// <summary>What the change of one number costs does not grow with the numbers that there are.</summary>
[Collection(nameof(Starving))] // what it counts, others would add to
public sealed class OneOfManyNumbersTests
{
    private const int Many = 20_000, Changes = 100;
    private const long MostBytes = 200_000;

    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task It_allocates_what_one_number_needs()
    {
        await using var test = await TestDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        await test.Database.Connections.Records.AddAsync("1",
            new() { Id = new(1), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = "c" }, At, null, Stop);
        await test.Database.Numbers.ImportAsync(
            [.. Enumerable.Range(0, Many).Select(i => new NewNumber(new($"+4930{i:00000}", tenant, new(1)), 1_000 + i, At))], Stop);
        await ChangeAsync(0);
        int loads = test.Database.Routing.WholeLoads;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 1; i <= Changes; i++) await ChangeAsync(i);
        long each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Changes;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for a change of one of {Many} numbers");
        Assert.Equal(loads, test.Database.Routing.WholeLoads);
        Assert.InRange(each, 1, MostBytes);

        async Task ChangeAsync(int i)
        {
            await test.Database.Numbers.Records.ChangeAsync(tenant, $"{1_000 + i * 97}", n => n with { Tags = [$"t{i}"] },
                At, (_, _) => null, Stop);
            Assert.Equal([$"t{i}"], test.Database.Routing.Current.FindOwnNumber($"+4930{i * 97:00000}")!.Tags);
        }
    }
}
