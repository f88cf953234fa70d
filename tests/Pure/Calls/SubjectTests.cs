using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;

namespace Ringwright.Pure.Calls;

public sealed class SubjectTests
{
    private static readonly LegId Leg = LegId.Compose(3, 5, 77, 9, 0xBEEF);

    private sealed record Foreign : SubjectCommand;

    [Fact]
    public void A_legs_key_is_its_id_and_any_others_says_its_kind()
    {
        Assert.Equal(Leg.ToString(), Subject.Of(Leg).OrderKey);
        Assert.Equal($"conference:{Leg}", new Subject(SubjectKind.Conference, Leg.Value).OrderKey);
    }

    [Fact]
    public void What_is_written_is_read_and_nothing_else()
    {
        Assert.True(Subject.TryParse(SubjectKind.Queue, Subject.Of(Leg).Id, out var read));
        Assert.Equal(new(SubjectKind.Queue, Leg.Value), read);
        foreach (string wrong in new[] { "", "7", Leg + "0", Leg.ToString()[1..] + "g", "conference:" + Leg })
            Assert.False(Subject.TryParse(SubjectKind.Queue, wrong, out _), wrong);
    }

    [Fact]
    public void Its_address_is_that_of_the_id()
    {
        var address = new Subject(SubjectKind.Conference, Leg.Value).Address;
        Assert.Equal((3, 5, 77u), (address.Node, address.Shard, address.Epoch));
    }

    [Fact]
    public void A_command_goes_to_subjects_of_its_kind_alone()
    {
        Assert.NotNull(SubjectMessages.Command(1, Subject.Of(Leg), new LegCommand.Hangup()));
        Assert.Null(SubjectMessages.Command(1, new(SubjectKind.Bridge, Leg.Value), new LegCommand.Hangup()));
        Assert.Null(SubjectMessages.Command(1, Subject.Of(Leg), new Foreign()));
    }
}
