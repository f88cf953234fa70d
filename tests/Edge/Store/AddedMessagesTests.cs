using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Store;

public sealed class AddedMessagesTests
{
    private readonly AddedMessages _added = new();

    [Fact]
    public void What_was_there_before_the_first_addition_is_read_from_the_table()
    {
        Assert.Null(_added.TakeAfter(7));
        Add(9, 10);
        Assert.Null(_added.TakeAfter(0));
        Assert.Null(_added.TakeAfter(7));
        Assert.Equal([9, 10], Take(8));
    }

    [Fact]
    public void Each_is_given_once_and_in_order()
    {
        Add(1, 3);
        Assert.Equal([3], Take(1));
        Assert.Equal([], Take(3));
        Add(4, 6);
        Assert.Equal([4, 6], Take(3));
        Assert.Null(_added.TakeAfter(4));       // they are taken: the table knows what became of them
    }

    [Fact]
    public void What_was_read_from_the_table_meanwhile_is_not_given_again()
    {
        Add(5, 6, 7);
        Assert.Equal([7], Take(6));
        Assert.Equal([], Take(7));
    }

    [Fact]
    public void Those_that_nobody_takes_are_left_to_the_table()
    {
        Add([.. Enumerable.Range(1, 1_500)]);
        Assert.Null(_added.TakeAfter(1));
        Assert.Equal(Enumerable.Range(1_001, 500), Take(1_000));
    }

    [Fact]
    public void When_numbers_were_lost_the_table_is_asked_until_it_has_told_them()
    {
        Add(1, 2);
        Assert.Equal([2], Take(1));
        Add(3);
        _added.Lose();                          // 4 and 5
        Assert.Null(_added.TakeAfter(2));
        Add(6);
        Assert.Null(_added.TakeAfter(3));
        Assert.Equal([6], Take(5));
    }

    private int[] Take(long after) =>
        [.. Assert.IsAssignableFrom<IReadOnlyList<OutboxEntry>>(_added.TakeAfter(after)).Select(e => (int)e.Seq)];

    private void Add(params int[] numbers) => _added.Add([.. numbers.Select(number => new OutboxEntry
    {
        Seq = number,
        Id = Guid.CreateVersion7(),
        Tenant = new TenantId(Guid.Empty),
        OrderKey = "leg",
        Url = "http://127.0.0.1/",
        Attempts = 0,
        IsOnFailover = false,
        AttemptsOnUrl = 0,
    })]);
}
