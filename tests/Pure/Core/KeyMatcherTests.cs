using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>One key is one key, in however many ways it is told.</summary>
public sealed class KeyMatcherTests
{
    private readonly KeyMatcher _keys = new();
    private Instant _now = new(5_000_000_000);

    private string Told(string keys)
    {
        string told = "";
        foreach (string one in keys.Split(' '))
        {
            var way = one[0] switch { 'e' => KeyWays.Event, 't' => KeyWays.Tone, _ => KeyWays.Signalling };
            if (_keys.IsNew(one[1], way, 100, _now)) told += one[1];
            _now += TimeSpan.FromMilliseconds(40);
        }
        return told;
    }

    [Theory]
    [InlineData("e7 i7", "7"), InlineData("i7 e7", "7"), InlineData("t7 e7 i7", "7"), InlineData("e7 t7", "7")]
    [InlineData("e7 e7", "77"), InlineData("i7 i7", "77"), InlineData("e7 i8", "78"), InlineData("e7 i7 i7", "77")]
    [InlineData("e7 e7 i7 i7", "77"), InlineData("e7 i7 e7 i7", "77"), InlineData("i7 e7 e7 i7", "77")]
    [InlineData("e1 e2 e3 i1 i2 i3", "123"), InlineData("e1 i1 t1 e1 i1 t1", "11")]
    public void What_comes_in_another_way_is_the_same_key(string keys, string told) => Assert.Equal(told, Told(keys));

    [Fact]
    public void Later_it_is_another_one()
    {
        Assert.Equal("7", Told("e7"));
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal("7", Told("i7"));
    }

    [Fact]
    public void Of_keys_without_end_some_are_told()
    {
        Assert.Equal(CallLimits.KeysAtOnce, Press(10_000));
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(CallLimits.KeysASecond, Press(10_000));
        _now += TimeSpan.FromMinutes(1);
        Assert.Equal(CallLimits.KeysAtOnce, Press(10_000));

        int Press(int times)
        {
            int told = 0;
            for (int i = 0; i < times; i++)
                if (_keys.IsNew("0123456789*#"[i % 12], KeyWays.Event, 0, _now)) told++;
            return told;
        }
    }

    [Fact]
    public void As_fast_as_machines_press_all_are_told()
    {
        for (int i = 0; i < 2_000; i++)
        {
            Assert.True(_keys.IsNew("0123456789*#"[i % 12], KeyWays.Event, 0, _now));
            _now += TimeSpan.FromMilliseconds(40);
        }
    }

    [Fact]
    public void A_key_that_was_held_is_told_by_signalling_when_it_is_let_go()
    {
        Assert.True(_keys.IsNew('7', KeyWays.Event, 20, _now));
        Assert.False(_keys.IsNew('7', KeyWays.Signalling, 4_000, _now + TimeSpan.FromSeconds(4)));
    }
}
