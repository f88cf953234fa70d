using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>Who repeats himself, and who says ever other things, fills no log.</summary>
public sealed class LogTurnsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly LogTurns<int> _turns = new();
    private Instant _now = new(1);

    [Fact]
    public void A_key_has_a_line_a_minute_that_says_how_often()
    {
        Assert.Equal(1, Tell(1));
        Assert.Null(Tell(1));
        Assert.Equal(1, Tell(2));
        _now += Minute - TimeSpan.FromSeconds(1);
        Assert.Null(Tell(1));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(3, Tell(1));
        Assert.Null(Tell(1));
    }

    [Fact]
    public void All_keys_have_so_many_lines_a_minute()
    {
        int told = 0;
        for (int key = 0; key < 10_000; key++)
            if (Tell(key) is not null) told++;
        Assert.Equal(LogTurns<int>.MostLines, told);
        Assert.Null(Tell(10_001));
        _now += Minute;
        Assert.Equal(1, Tell(10_001));
    }

    private long? Tell(int key) => _turns.TryTell(key, _now, out long times) ? times : null;
}
