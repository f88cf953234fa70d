using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class DigitSenderTests
{
    [Fact]
    public void A_digit_lasts_its_time_ends_three_times_and_leaves_a_gap()
    {
        Assert.Equal("EEEEXXX..EEEEXXX..D", Schedule("12", 100));
    }

    [Theory]
    [InlineData(0, 1), InlineData(40, 1), InlineData(41, 2), InlineData(250, 12), InlineData(100_000, 299)]
    public void Times_are_rounded_up_to_ticks_within_the_limits(int milliseconds, int events) =>
        Assert.Equal(events, Schedule("1", milliseconds).Count(s => s == 'E'));

    [Fact]
    public void Pauses_are_half_a_second_and_a_second()
    {
        string schedule = Schedule("w1W", 40);
        Assert.Equal(new string('.', 25) + "EXXX.." + new string('.', 50) + "D", schedule);
    }

    [Fact]
    public void What_is_no_digit_is_left_out()
    {
        Assert.Equal("EXXX..D", Schedule("x-1 ", 40));
        Assert.Equal("D", Schedule("", 40));
    }

    [Fact]
    public void The_held_time_rises_and_the_ends_repeat_it()
    {
        var sender = new DigitSender();
        sender.Start(Guid.Empty, "d", 60);
        var steps = new List<(byte, bool, int)>();
        while (sender.Step() is DigitStep.Event or DigitStep.End) steps.Add((sender.Event, sender.IsFirst, sender.HeldTicks));
        Assert.Equal([((byte)15, true, 1), (15, false, 2), (15, false, 3), (15, false, 3), (15, false, 3)], steps);
    }

    [Fact]
    public void A_command_sends_256_digits_and_not_one_more()
    {
        Assert.Equal(256, Schedule(new string('1', 256), 40).Count(s => s == 'E'));
        Assert.Equal(256, Schedule(new string('1', 257), 40).Count(s => s == 'E'));
    }

    private static string Schedule(string digits, int milliseconds)
    {
        var sender = new DigitSender();
        sender.Start(Guid.Empty, digits, milliseconds);
        var schedule = new System.Text.StringBuilder();
        while (sender.IsActive)
        {
            schedule.Append(sender.Step() switch
            {
                DigitStep.Event => 'E',
                DigitStep.End => 'X',
                DigitStep.Pause => '.',
                DigitStep.Done => 'D',
                _ => '?'
            });
        }
        return schedule.ToString();
    }
}
