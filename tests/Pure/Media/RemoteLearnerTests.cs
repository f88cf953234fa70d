using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class RemoteLearnerTests
{
    private static readonly MediaAddress Signalled = new(0, 0x0A00_0001, 4000, false), Other = new(0, 0x0A00_0002, 5000, false), Third = new(0, 0x0A00_0003, 6000, false);
    private readonly RemoteLearner _learner = new();

    [Fact]
    public void The_signalled_address_counts_at_once()
    {
        _learner.Expect(Signalled, isTrusted: true);
        Assert.True(_learner.MaySend);
        Assert.Equal(SourceVerdict.Accepted, _learner.Judge(Signalled, 1));
    }

    [Fact]
    public void Another_address_is_learnt_from_the_fifth_packet_in_a_row()
    {
        _learner.Expect(Signalled, isTrusted: true);
        for (int i = 0; i < 4; i++) Assert.Equal(SourceVerdict.Foreign, _learner.Judge(Other, 1));
        Assert.Equal(Signalled, _learner.Remote);
        Assert.Equal(SourceVerdict.Learnt, _learner.Judge(Other, 1));
        Assert.Equal((Other, true), (_learner.Remote, _learner.IsElsewhere));
    }

    [Fact]
    public void Packets_of_two_streams_in_turn_teach_nothing()
    {
        _learner.Expect(Signalled, isTrusted: true);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(SourceVerdict.Foreign, _learner.Judge(Other, 1));
            Assert.Equal(SourceVerdict.Foreign, _learner.Judge(Other, 2));
        }
    }

    [Fact]
    public void It_is_learnt_once_per_offer()
    {
        _learner.Expect(Signalled, isTrusted: true);
        for (int i = 0; i < 5; i++) _learner.Judge(Other, 1);
        for (int i = 0; i < 50; i++) Assert.Equal(SourceVerdict.Foreign, _learner.Judge(Third, 2));

        _learner.Expect(Signalled, isTrusted: true);
        Assert.Equal(Other, _learner.Remote);
        for (int i = 0; i < 5; i++) _learner.Judge(Third, 2);
        Assert.Equal(Third, _learner.Remote);
    }

    [Fact]
    public void Nothing_is_sent_to_an_address_that_nobody_vouches_for_before_it_spoke()
    {
        _learner.Expect(Signalled, isTrusted: false);
        Assert.False(_learner.MaySend);
        for (int i = 0; i < 5; i++) _learner.Judge(Other, 1);
        Assert.Equal((true, Other), (_learner.MaySend, _learner.Remote));
    }

    [Fact]
    public void A_new_signalled_address_is_followed_and_must_be_proved_again()
    {
        _learner.Expect(Signalled, isTrusted: false);
        for (int i = 0; i < 5; i++) _learner.Judge(Signalled, 1);
        Assert.True(_learner.MaySend);
        _learner.Expect(Third, isTrusted: false);
        Assert.Equal((false, Third), (_learner.MaySend, _learner.Remote));
    }
}
