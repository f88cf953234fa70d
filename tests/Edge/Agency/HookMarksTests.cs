using Ringwright.Agency.Telling;
using Ringwright.Core;

namespace Ringwright.Edge.Agency;

/// <summary>From when on an agency's webhook hears things where the clock is set back.</summary>
public sealed class HookMarksTests
{
    private const string Type = "call.ended";

    private static readonly DateTimeOffset Noon = new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero);

    private static OutboundHook Hook(DateTimeOffset since) =>
        new(new TenantId(Guid.NewGuid()), "hook", "https://example.com/hook", [Type], Client: null, Secret: "", since);

    private static bool Hears(OutboundHook hook, DateTimeOffset at) => hook.Wants(Type, client: null, at);

    [Fact]
    public void What_happens_after_the_clock_was_set_back_is_told_also_to_one_that_was_made_before()
    {
        var marks = new HookMarks();
        var made = Hook(Noon);
        var before = Assert.Single(marks.Of([made], Noon.AddMinutes(5)));
        Assert.Equal((Noon, true, false), (before.From, Hears(before, Noon), Hears(before, Noon.AddSeconds(-1))));

        var back = Noon.AddMinutes(-55);
        var found = Assert.Single(marks.Of([made], back));
        Assert.Equal(back, found.From);
        // Of before it was made, though that is to come once more.
        Assert.False(Hears(found, Noon.AddMinutes(-30)));
        Assert.False(Hears(found, back.AddSeconds(-1)));
        var later = Assert.Single(marks.Of([made], back.AddMinutes(1)));
        Assert.Equal((back, true), (later.From, Hears(later, back.AddSeconds(30))));
        // Written late, when the hour is over.
        var over = Assert.Single(marks.Of([made], Noon.AddSeconds(1)));
        Assert.True(Hears(over, Noon.AddSeconds(-1)));
    }

    [Fact]
    public void One_that_was_off_meanwhile_hears_nothing_of_that()
    {
        var marks = new HookMarks();
        marks.Of([Hook(Noon)], Noon.AddHours(-1));
        var on = Assert.Single(marks.Of([Hook(Noon.AddMinutes(-20))], Noon.AddMinutes(-20)));
        Assert.Equal((Noon.AddMinutes(-20), false), (on.From, Hears(on, Noon.AddMinutes(-30))));
    }
}
