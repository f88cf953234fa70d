using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

/// <summary>Sounds of a document that are heard again and again, as one.</summary>
public sealed class RepeatedSoundTests
{
    private static readonly PromptSource Music = new PromptSource.Stored("music"), Word = new PromptSource.Stored("word");

    private static PromptSource? Of(int most, out bool isWhole, params DocumentSound[] sounds) =>
        DocumentSound.Repeated(sounds, most, out isWhole);

    [Fact]
    public void All_follow_each_other_and_the_first_comes_again()
    {
        Assert.Equal(new PromptSource.Sequence([Word, Word, Music]), Of(3, out bool isWhole, new(Word, 2), new(Music, 1)));
        Assert.True(isWhole);
    }

    [Fact]
    public void One_that_is_for_ever_is_the_last_and_comes_again_alone()
    {
        var heard = Of(9, out bool isWhole, new(Word, 2), new(Music, 0), new(Word, 1));
        Assert.Equal(new PromptSource.Sequence([Word, Word, Music]) { RepeatsFrom = 2 }, heard);
        Assert.NotEqual(new PromptSource.Sequence([Word, Word, Music]), heard);
        Assert.True(isWhole);
    }

    [Fact]
    public void One_alone_is_itself_and_none_is_nothing()
    {
        Assert.Equal(Music, Of(9, out _, new DocumentSound(Music, 1_000)));
        Assert.Null(Of(9, out bool isWhole));
        Assert.True(isWhole);
    }

    [Fact]
    public void More_than_may_be_is_left_out_and_told()
    {
        Assert.Equal(new PromptSource.Sequence([Music, Word]), Of(2, out bool isWhole, new(Music, 1), new(Word, 1), new(Music, 1)));
        Assert.False(isWhole);
    }
}
