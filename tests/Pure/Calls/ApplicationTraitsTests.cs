using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

public sealed class ApplicationTraitsTests
{
    private static readonly ApplicationTraits Secret = ApplicationTraits.Usual with { IsConfidential = true };

    [Theory]
    [InlineData(ApplicationKind.Webhook, false, false, null)]
    [InlineData(ApplicationKind.Document, false, false, null)]
    [InlineData(ApplicationKind.Echo, false, true, 10)]
    [InlineData(ApplicationKind.Voicemail, true, false, 10)]
    [InlineData(ApplicationKind.Mailbox, true, true, 10)]
    [InlineData(ApplicationKind.Campaign, false, false, 10)]
    [InlineData(ApplicationKind.Flow, false, false, 10)]
    [InlineData(ApplicationKind.Ring, false, false, 10)]
    [InlineData(ApplicationKind.Agent, false, false, 10)]
    [InlineData(ApplicationKind.Assistant, false, false, 10)]
    public void No_module_changes_what_holds_for_the_nodes_own_kinds(string kind, bool isConfidential, bool answersAtOnce, int? seconds)
    {
        var application = new Application(kind, "one").WithTraits(_ => throw new InvalidOperationException("nobody is asked"));
        Assert.Equal(isConfidential, application.IsConfidential);
        Assert.Equal(answersAtOnce, application.AnswersAtOnce);
        Assert.Equal(seconds, (int?)application.FirstCommandTimeout?.TotalSeconds);
        // What a row might say does not count either.
        Assert.Equal(isConfidential, (application with { Traits = Secret }).IsConfidential);
    }

    [Fact]
    public void A_module_says_what_holds_for_its_own_programs_and_no_others()
    {
        var ours = Known("ours");
        Assert.Equal(Secret, ours.Traits);
        Assert.True(ours.IsConfidential);
        Assert.Equal(TimeSpan.FromSeconds(10), ours.FirstCommandTimeout);

        var other = Known("other");
        Assert.Null(other.Traits);
        Assert.False(other.IsConfidential);
        Assert.Equal(TimeSpan.FromSeconds(10), other.FirstCommandTimeout);

        // A leg of a program that is dialled in the name of another one keeps what was said.
        Assert.Equal(Secret, ours.WithTraits(_ => null).Traits);
    }

    private static Application Known(string target) =>
        new Application(ApplicationKind.Script, target).WithTraits(application => application.Target is "ours" ? Secret : null);
}
