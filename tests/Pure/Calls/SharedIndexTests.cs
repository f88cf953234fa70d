using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Pure.Calls;

public sealed class SharedIndexTests
{
    [Theory, Seeds(20)]
    public void It_is_a_dictionary_of_which_every_earlier_state_stays(ulong seed)
    {
        var dice = new Random((int)seed);
        var index = new SharedIndex<int, string>(Enumerable.Range(0, dice.Next(3) * 5_000).Select(i => $"{i}"), int.Parse);
        var model = index.ToDictionary(int.Parse);
        var kept = new List<(SharedIndex<int, string> Index, Dictionary<int, string> Model)>();
        for (int step = 0; step < 400; step++)
        {
            if (step % 40 == 0) kept.Add((index, new(model)));
            var changes = new Dictionary<int, string?>();
            for (int i = dice.Next(4); i >= 0; i--) changes[dice.Next(300)] = dice.Next(2) == 0 ? null : $"{step}";
            index = index.With(changes);
            foreach (var (key, value) in changes)
            {
                if (value is null) model.Remove(key);
                else model[key] = value;
            }
            if (step % 20 == 0) Same(index, model);
        }
        foreach (var (then, was) in kept) Same(then, was);
    }

    [Fact]
    public void Names_are_compared_as_at_first()
    {
        var index = new SharedIndex<string, string>(["a"], v => v, StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < 200; i++) index = index.With(new Dictionary<string, string?> { [$"b{i}"] = "b" });
        Assert.Equal(("a", "b", 201), (index.Find("A"), index.Find("B199"), index.Count));
    }

    private static void Same(SharedIndex<int, string> index, Dictionary<int, string> model)
    {
        Assert.Equal(model.Count, index.Count);
        Assert.Equal(model.Keys.Order(), index.Keys.Order());
        Assert.Equal(model.Values.Order(StringComparer.Ordinal), index.Order(StringComparer.Ordinal));
        for (int key = 0; key < 300; key++) Assert.Equal(model.GetValueOrDefault(key), index.Find(key));
    }
}
