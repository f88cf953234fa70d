using Ringwright.Lab.Personas;

namespace Ringwright.Edge.Lab;

/// <summary>What the lab's people do with texts, as docs/reference/lab.md says.</summary>
public sealed class TexterTests
{
    [Theory]
    [InlineData("+15550001234", "Are you there? ", "Yes."), InlineData("+15550001234", "Hello", "ok")]
    [InlineData("+15550041234", "Buy!", "STOP"), InlineData("+15550041234", "Come back, please", "START")]
    [InlineData("+15550061234", "Buy!", "This is a robot. Your message was read.")]
    [InlineData("+15550071234", "Your code is 123456, for 10 minutes.", "123456"), InlineData("+15550071234", "no digits", null)]
    [InlineData("+15550081234", "Привет", "Привет"), InlineData("+15550011234", "Hello", null), InlineData("+15550031234", "Hello", null)]
    public void Whoever_is_texted_answers_as_he_is(string number, string words, string? answer)
    {
        Assert.Equal(answer, Texters.Answer(number, words, isAutomatic: false));
        if (!number.StartsWith("+1555006", StringComparison.Ordinal)) Assert.Null(Texters.Answer(number, words, isAutomatic: true));
    }

    [Theory]
    [InlineData("+15550001234", TextHabit.Answers), InlineData("+15550011234", TextHabit.Away)]
    [InlineData("+15550031234", TextHabit.Silent), InlineData("+15550051234", TextHabit.Refuses)]
    [InlineData("+15550021234", TextHabit.Full)]
    [InlineData("+15550091234", null), InlineData("+155500012345", null), InlineData("+442079460000", null)]
    public void The_number_chooses_who_it_is(string number, TextHabit? habit) => Assert.Equal(habit, Texters.HabitOf(number));
}
