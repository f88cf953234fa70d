using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

/// <summary>Builders, whose memory the thread uses again.</summary>
public sealed class BuilderTests
{
    [Fact]
    public void Messages_that_are_written_beside_each_other_have_nothing_of_each_other()
    {
        var first = Begun("first");
        var second = Begun("second");
        string one = first.Build().ToString();
        // It has the memory of the first, which is built and goes on to be read.
        var third = Begun("a third, which has more to say than the others");
        string two = second.Build().ToString(), three = third.Build().ToString();
        Assert.Equal(("first", "second", "a third, which has more to say than the others"),
            (SubjectOf(one), SubjectOf(two), SubjectOf(three)));
        Assert.Equal(one, first.Build().ToString());
    }

    [Fact]
    public void A_message_stays_as_it_is_when_others_are_written_behind_it()
    {
        var message = Begun("first").Build();
        string before = message.ToString();
        for (int i = 0; i < 3; i++) Begun(new string((char)('a' + i), 3_000)).Build();
        Assert.Equal(before, message.ToString());
        var answer = new SipResponseBuilder(Wire.Request(Wire.Invite()), 200);
        Assert.Equal(answer.Build().ToString(), answer.Build().ToString());
    }

    private static SipRequestBuilder Begun(string subject) =>
        SipRequestBuilder.Again(Samples.OutgoingInvite(), 2).Add(SipHeader.Subject, subject);

    private static string SubjectOf(string message) =>
        message.Split("\r\n").Single(line => line.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..];
}
