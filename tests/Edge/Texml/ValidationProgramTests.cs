using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>What is asked of whoever answers a call that proves a number, and whose keys count.</summary>
public sealed class ValidationProgramTests
{
    private const string Code = "424242", Sid = "PN00000000000000000000000000000001";

    [Theory]
    [InlineData(Code + "#", true, 1)]
    [InlineData("424243#", false, 3)]
    [InlineData(null, false, 3)]
    public async Task Whoever_presses_the_code_proves_the_number(string? pressed, bool isProved, int asked)
    {
        var call = new ScriptedCall { Presses = pressed };
        Assert.Equal(isProved, await RunAsync(call));
        Assert.Equal(asked, call.Commands.OfType<LegCommand.Gather>().Count());
        Assert.Equal(isProved ? Sid : null, call.Leg.Labels[TexmlLabels.Validated]);
        // He is told what came of it.
        Assert.Single(call.Commands.OfType<LegCommand.Speak>());
    }

    [Fact]
    public async Task Keys_of_somebody_whom_the_called_party_was_sent_on_to_prove_nothing()
    {
        ScriptedCall call = null!;      // set next
        call = new()
        {
            Presses = Code + "#",
            Seen = command =>
            {
                if (command is LegCommand.Gather) call.Happen(new CallEvent.ReferStarted { Leg = call.Leg, At = Script.At(3) });
            },
        };
        Assert.False(await RunAsync(call));
        Assert.Null(call.Leg.Labels[TexmlLabels.Validated]);
    }

    [Fact]
    public async Task A_call_of_which_nothing_is_known_asks_for_nothing()
    {
        var call = new ScriptedCall { Presses = Code + "#" };
        Assert.Null(await new ValidationProgram(new()).RunAsync(call));
        Assert.Empty(call.Commands);
    }

    [Fact]
    public void What_has_waited_too_long_for_its_call_is_forgotten()
    {
        var validations = new CallerIdValidations();
        var (first, second) = (new Script(new(Guid.NewGuid())).Facts.Id, new Script(new(Guid.NewGuid()), counter: 2).Facts.Id);
        validations.Place(first, Validation(At(1), static () => { }), At(0));
        validations.Place(second, Validation(At(9), static () => { }), At(1));
        Assert.Null(validations.Take(first));
        Assert.NotNull(validations.Take(second));
        Assert.Equal(0, validations.Count);
    }

    private static async Task<bool> RunAsync(ScriptedCall call)
    {
        bool isProved = false;
        var validations = new CallerIdValidations();
        validations.Place(call.Leg.Id, Validation(At(60), () => isProved = true), At(0));
        Assert.Null(await new ValidationProgram(validations).RunAsync(call));
        Assert.Equal(0, validations.Count);
        return isProved;
    }

    private static DateTimeOffset At(int seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private static CallerIdValidation Validation(DateTimeOffset until, Action proved) => new(Code, Sid, until, _ =>
    {
        proved();
        return new ValueTask<bool>(true);
    });
}
