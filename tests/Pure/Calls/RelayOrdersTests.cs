using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

public sealed class RelayOrdersTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 20, 10, 0, 0, TimeSpan.Zero);
    private static readonly RelayTerms Terms = new("wss://you.example/talk");

    [Fact]
    public void Who_talks_takes_what_a_command_has_ordered_and_leaves_what_a_document_waits_for()
    {
        var (orders, commanded, documented) = (new RelayOrders(), Guid.NewGuid(), Guid.NewGuid());
        orders.Order(commanded, Terms, Now);
        var placed = orders.Place(documented, Terms);
        Assert.Equal(Terms, orders.Take(commanded)?.Terms);
        Assert.Null(orders.Take(commanded));
        Assert.Same(placed, orders.Take(documented));
        Assert.Same(placed, orders.Find(documented));
    }

    [Fact]
    public void What_nobody_takes_for_a_minute_is_dropped_by_the_next_order()
    {
        var (orders, first, second) = (new RelayOrders(), Guid.NewGuid(), Guid.NewGuid());
        orders.Place(Guid.NewGuid(), Terms);
        orders.Order(first, Terms, Now);
        orders.Order(second, Terms, Now.AddSeconds(59));
        Assert.Equal(3, orders.Count);
        orders.Order(second, Terms, Now.AddSeconds(60));
        Assert.Equal(2, orders.Count);
        Assert.Null(orders.Find(first));
    }
}
