using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Pure.Calls;

public sealed class RelayOrdersTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 20, 10, 0, 0, TimeSpan.Zero);
    private static readonly RelayTerms Terms = new("wss://you.example/talk");
    private static readonly TenantId Account = new(Guid.NewGuid());

    private static TenantId Another => new(Guid.NewGuid());

    [Fact]
    public void Who_talks_takes_what_a_command_has_ordered_and_leaves_what_a_document_waits_for()
    {
        var (orders, commanded, documented) = (new RelayOrders(), Guid.NewGuid(), Guid.NewGuid());
        orders.TryOrder(commanded, Account, Terms, Now);
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
        orders.TryOrder(first, Account, Terms, Now);
        orders.TryOrder(second, Account, Terms, Now.AddSeconds(59));
        Assert.Equal(3, orders.Count);
        orders.TryOrder(second, Account, Terms, Now.AddSeconds(60));
        Assert.Equal(2, orders.Count);
        Assert.Null(orders.Find(first));
    }

    [Fact]
    public void A_repeat_that_is_refused_leaves_the_order_of_the_first_command()
    {
        var (orders, talk) = (new RelayOrders(), Guid.NewGuid());
        orders.TryOrder(talk, Account, Terms, Now);
        orders.TryOrder(talk, Account, Terms with { Greeting = "Other" }, Now);
        orders.Withdraw(talk);
        Assert.Same(Terms, orders.Find(talk)?.Terms);
        orders.Withdraw(talk);
        Assert.Null(orders.Find(talk));
        orders.Withdraw(talk);
        var placed = orders.Place(talk, Terms);
        orders.Withdraw(talk);
        Assert.Same(placed, orders.Find(talk));
    }

    [Fact]
    public void Only_so_many_commands_wait_and_documents_beside_them()
    {
        var orders = new RelayOrders();
        orders.Place(Guid.NewGuid(), Terms);
        var first = Guid.NewGuid();
        Assert.True(orders.TryOrder(first, Account, Terms, Now));
        for (int i = 1; i < RelayOrders.Most; i++) orders.TryOrder(Guid.NewGuid(), Another, Terms, Now);
        Assert.False(orders.TryOrder(Guid.NewGuid(), Another, Terms, Now));
        Assert.True(orders.TryOrder(first, Account, Terms, Now));
        Assert.NotNull(orders.Take(first));
        Assert.True(orders.TryOrder(Guid.NewGuid(), Another, Terms, Now));
        Assert.True(orders.TryOrder(Guid.NewGuid(), Another, Terms, Now.AddMinutes(1)));
        Assert.Equal(2, orders.Count);
    }

    [Fact]
    public void One_account_leaves_room_for_others()
    {
        var (orders, first) = (new RelayOrders(), Guid.NewGuid());
        Assert.True(orders.TryOrder(first, Account, Terms, Now));
        for (int i = 1; i < RelayOrders.MostOfAccount; i++) Assert.True(orders.TryOrder(Guid.NewGuid(), Account, Terms, Now));
        Assert.False(orders.TryOrder(Guid.NewGuid(), Account, Terms, Now));
        Assert.True(orders.TryOrder(first, Account, Terms, Now));
        Assert.True(orders.TryOrder(Guid.NewGuid(), Another, Terms, Now));
        orders.Withdraw(first);
        orders.Withdraw(first);
        Assert.True(orders.TryOrder(Guid.NewGuid(), Account, Terms, Now));
    }
}
