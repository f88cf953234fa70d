using System.Text.Json.Nodes;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>Where a run goes on.</summary>
public sealed class FlowStackTests
{
    private static readonly Guid Unknown = Guid.Parse("99999999-0000-4000-8000-000000000000");

    private static Guid Id(int number) => Guid.Parse($"00000000-0000-4000-8000-{number:D12}");

    private static FlowAction Action(int number, Guid next = default, string type = "empty") => new(Id(number), next, type, []);

    private static IReadOnlyList<FlowAction> List(params int[] numbers) => [.. numbers.Select(number => Action(number))];

    /// <summary>All that is taken, to the end.</summary>
    private static List<Guid> Run(FlowStack stack, Action<FlowAction>? onTaken = null)
    {
        var taken = new List<Guid>();
        while (stack.Take(_ => true) is { } action)
        {
            taken.Add(action.Id);
            if (onTaken is null) stack.Onward();
            else onTaken(action);
        }
        return taken;
    }

    [Fact]
    public void Actions_come_in_their_order() => Assert.Equal([Id(1), Id(2), Id(3)], Run(new(List(1, 2, 3))));

    [Fact]
    public void An_empty_list_is_over_at_once() => Assert.Empty(Run(new([])));

    [Fact]
    public void A_next_id_is_where_it_goes_on() =>
        Assert.Equal([Id(1), Id(3)], Run(new([Action(1, Id(3)), Action(2), Action(3)])));

    [Fact]
    public void Reserved_ids_are_the_next_one_and_the_end()
    {
        Assert.Equal([Id(1), Id(2)], Run(new([Action(1, Guid.Parse("00000000-0000-0000-0000-000000000003")), Action(2)])));
        Assert.Equal([Id(1)], Run(new([Action(1, Guid.Parse("00000000-0000-0000-0000-000000000002")), Action(2)])));
    }

    [Fact]
    public void The_reserved_id_of_the_start_begins_anew()
    {
        var stack = new FlowStack([Action(1), Action(2)]);
        int turns = 0;
        var taken = Run(stack, action =>
        {
            if (action.Id == Id(2) && turns++ == 0) stack.JumpTo(Guid.Parse("00000000-0000-0000-0000-000000000001"));
            else stack.Onward();
        });
        Assert.Equal([Id(1), Id(2), Id(1), Id(2)], taken);
    }

    [Fact]
    public void A_target_that_is_not_there_is_a_failure()
    {
        var stack = new FlowStack(List(1));
        stack.Take(_ => true);
        var failed = Assert.Throws<FlowFailedException>(() => stack.JumpTo(Unknown));
        Assert.Contains("no action 99999999", failed.Message, StringComparison.Ordinal);
        Assert.Throws<FlowFailedException>(() => Run(new([Action(1, Unknown)])));
    }

    [Fact]
    public void What_is_nested_comes_first_and_then_the_one_behind()
    {
        var stack = new FlowStack(List(1, 2));
        Assert.Equal([Id(1), Id(11), Id(12), Id(2)], Run(stack, action =>
        {
            if (action.Id == Id(1)) stack.Push(List(11, 12));
            else stack.Onward();
        }));
    }

    [Fact]
    public void A_jump_out_of_what_is_nested_leaves_it()
    {
        var stack = new FlowStack(List(1, 2, 3));
        Assert.Equal([Id(1), Id(11), Id(3)], Run(stack, action =>
        {
            if (action.Id == Id(1)) stack.Push(List(11, 12));
            else if (action.Id == Id(11)) stack.JumpTo(Id(3));
            else stack.Onward();
        }));
    }

    [Fact]
    public void A_hundred_actions_are_carried_out_and_not_one_more()
    {
        Assert.Equal(100, Run(new(List([.. Enumerable.Range(1, 100)]))).Count);
        Assert.Throws<FlowFailedException>(() => Run(new(List([.. Enumerable.Range(1, 101)]))));
    }

    [Fact]
    public void A_thousand_hops_without_anything_to_do_are_the_end()
    {
        // One hop for each that is passed over, and one to find that the list is at its end.
        Assert.Null(new FlowStack(List([.. Enumerable.Range(1, 999)])).Take(_ => false));
        Assert.Throws<FlowFailedException>(() => new FlowStack(List([.. Enumerable.Range(1, 1_001)])).Take(_ => false));
        Assert.Throws<FlowFailedException>(() => new FlowStack([Action(1, Id(1))]).Take(_ => false));
    }

    [Fact]
    public void A_hundred_lists_may_lie_within_each_other()
    {
        var stack = new FlowStack(List(1));
        for (int depth = 2; depth <= 100; depth++)
        {
            // What is at its end stays until it is looked at.
            stack.Take(_ => true);
            if (depth <= 99) stack.Push(List(1));
        }
        var deep = new FlowStack(List(1));
        Assert.Throws<FlowFailedException>(() =>
        {
            while (deep.Take(_ => true) is not null) deep.Push([Action(1), Action(2)]);
        });
    }

    [Fact]
    public void A_goto_jumps_so_many_times_and_then_never_again()
    {
        var stack = new FlowStack(List(1, 2));
        var taken = Run(stack, action =>
        {
            if (action.Id == Id(2) && stack.TryTakeLoop(2)) stack.JumpTo(Id(1));
            else stack.Onward();
        });
        Assert.Equal([Id(1), Id(2), Id(1), Id(2), Id(1), Id(2)], taken);
        stack = new(List(1));
        stack.Take(_ => true);
        Assert.False(stack.TryTakeLoop(0));
        Assert.False(new FlowStack(List(1)).TryTakeLoop(-5));
    }
}
